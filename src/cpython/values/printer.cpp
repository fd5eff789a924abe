#include "cpython/values/printer.h"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>
#include <utility>

#include "cpython/values/attributes.h"
#include "cpython/values/kinds.h"
#include "text/phrases.h"

namespace stillframe::cpython {
namespace {

// No value that a person reads has more parts, or is nested deeper.
constexpr std::uint64_t kMostVisits = 20'000;
constexpr std::size_t kDeepestValue = 60;

}  // namespace

Written Printer::write(Address address) {
  out_.clear();
  failure_.clear();
  active_.clear();
  children_.clear();
  opened_ = 0;
  visits_ = 0;
  left_out_ = 0;
  readable_ = true;
  cut_ = false;
  hidden_ = false;
  const Type* type = types_.of(address);
  value(address);
  return {.text = std::move(out_),
          .type = type == nullptr ? std::string() : type->qualified,
          .children = std::move(children_),
          .left_out = left_out_,
          .readable = readable_,
          .cut = cut_};
}

void Printer::value(Address address) {
  if (address == 0) {
    put("<NULL>");
    return;
  }
  if (++visits_ > kMostVisits || active_.size() >= kDeepestValue) {
    cut();
    return;
  }
  const Type* type = types_.of(address);
  if (type == nullptr) {
    unreadable(fmt::format("no object at {:#x}", address));
    return;
  }
  const auto again = std::ranges::find(active_, address, &Active::address);
  if (again != active_.end()) {
    put(type->kind != nullptr ? type->kind->cycle : "...");
    return;
  }
  enter(address, *type);
}

void Printer::enter(Address address, const Type& type) {
  const Instance object{.address = address, .type = type};
  const std::size_t begin = out_.size();
  active_.push_back({.address = address, .type = &type});
  failure_.clear();
  if (!known(object)) {
    out_.resize(begin);
    if (active_.size() == 1) {
      children_.clear();
    }
    const std::string why = failure_.empty() ? "it makes no sense" : std::exchange(failure_, {});
    unreadable(fmt::format("{} at {:#x}: {}", type.qualified.empty() ? "object" : type.qualified, address, why));
  }
  active_.pop_back();
}

bool Printer::known(const Instance& object) {
  const Type& type = object.type;
  const auto attributes = [&] {
    return may_open() && type.kind_type != &type && type.is_heap() && (type.kind == nullptr || type.own_repr);
  };
  if (type.kind == nullptr) {
    head(object);
    if (attributes()) {
      put_attributes(*this, object);
    }
    put(">");
    return true;
  }
  if (!type.own_repr) {
    return type.kind->write(*this, object);
  }
  // Its repr() is code, which cannot be run: what it is made of, as an object of that class.
  head(object);
  put(" ");
  if (!type.kind->write(*this, object)) {
    return false;
  }
  if (attributes()) {
    put_attributes(*this, object);
  }
  put(">");
  return true;
}

void Printer::head(const Instance& object) {
  put("<");
  put(object.type.qualified.empty() ? "object of an unknown type" : object.type.qualified);
  put(fmt::format(" object at {:#x}", object.address));
}

void Printer::add_child(Child child) {
  if (notes()) {
    children_.push_back(std::move(child));
  }
}

void Printer::note(std::string_view name, Address value, bool hidden) {
  if (!notes()) {
    return;
  }
  add_child({.name = name.empty() ? fmt::format("{}", children_.size()) : std::string(name),
             .address = value,
             .hidden = hidden,
             .role = name.empty() ? ChildRole::item : ChildRole::attribute});
}

void Printer::note_entry(std::string key, Address value, bool hidden) {
  add_child({.name = std::move(key), .address = value, .hidden = hidden, .role = ChildRole::entry});
}

void Printer::item(Address value_at, std::string_view name, bool hidden) {
  note(name, value_at, hidden);
  written_part(value_at, hidden);
}

void Printer::attribute(std::string_view name, Address value_at, std::string_view between) {
  const bool hidden = hides_part(name, value_at);
  note(name, value_at, hidden);
  put(name);
  put(between);
  written_part(value_at, hidden);
}

std::optional<std::string> Printer::text_of(Address object) {
  const Type* type = types_.of(object);
  return type == nullptr ? std::nullopt : secret_text(objects_, *type, object);
}

// Whether an attribute or an entry is hidden by its name, or by the name that the object has beside it: of a cookie, a
// header, a variable of the environment as {"name": …, "value": …}.
bool Printer::hides_part(std::string_view name, Address value_at) {
  if (redaction_.empty()) {
    return false;
  }
  if (is_hidden(redaction_, redaction_.meaning(name), objects_, types_, value_at)) {
    return true;
  }
  const auto first = std::min(name.find_first_not_of("'\"_"), name.size());
  const std::string_view bare = name.substr(first, name.find_last_not_of("'\"_") + 1 - first);
  const auto is = [bare](std::string_view what) { return bare == what; };
  Address& named = active_.back().named;
  if (is("name") || is("key") || is("Name")) {
    named = value_at;
    return false;
  }
  const bool is_value = named != 0 && (is("value") || is("coded_value") || is("Value"));
  const auto text = is_value ? text_of(named) : std::nullopt;
  return text && is_hidden(redaction_, redaction_.meaning(*text), objects_, types_, value_at);
}

void Printer::pair(Address key, Address value_at, std::string_view between) {
  const std::size_t begin = out_.size();
  const bool was_readable = std::exchange(readable_, true);
  const bool was_cut = std::exchange(cut_, false);
  const bool was_hidden = std::exchange(hidden_, false);
  value(key);
  const bool exact = readable_ && !cut_ && !hidden_;
  readable_ = readable_ && was_readable;
  cut_ = cut_ || was_cut;
  hidden_ = hidden_ || was_hidden;
  // The key as it is written, with its quotes: who hides `token` also hides 'token'. One that is not shown whole is
  // read for this.
  const std::string_view name = std::string_view(out_).substr(begin);
  const auto whole = exact ? std::nullopt : text_of(key);
  const bool hidden = hides_part(name, value_at) || (whole && hides_part(*whole, value_at));
  if (notes()) {
    add_child(
        {.name = std::string(name), .address = value_at, .hidden = hidden, .role = ChildRole::entry, .exact = exact});
  }
  put(between);
  written_part(value_at, hidden);
}

// What the item that stands from `begin` on says of the one behind it.
text::NameMeaning Printer::meaning_for_next(Address item, std::size_t begin, std::uint64_t count) {
  if (redaction_.empty()) {
    return {};
  }
  const std::string_view written = std::string_view(out_).substr(begin);
  const auto quote = written.substr(0, 2).find_first_of("'\"");
  const bool is_text = quote != std::string_view::npos;
  const bool flag = is_text && written.substr(quote + 1).starts_with('-');
  if (!outlined() && (!is_text || (count != 2 && !flag))) {
    return {};
  }
  // What is written whole need not be read again.
  if (is_text && written.size() > quote + 1 && written.back() == written[quote]) {
    return cpython::meaning_for_next(redaction_, written.substr(quote + 1, written.size() - quote - 2), count);
  }
  const auto text = text_of(item);
  return text ? cpython::meaning_for_next(redaction_, *text, count) : text::NameMeaning{};
}

std::string Printer::without_secrets(std::string bytes, bool cut) {
  const auto spans = redaction_.find(bytes, text::Writing::text, cut);
  hidden_ = hidden_ || !spans.empty();
  return spans.empty() ? std::move(bytes) : text::with_hidden(bytes, spans);
}

std::u32string Printer::without_secrets(std::u32string points, bool cut) {
  if (redaction_.empty()) {
    return points;
  }
  // Only ASCII tells what is secret.
  std::string ascii(points.size(), '\0');
  std::ranges::transform(points, ascii.begin(),
                         [](char32_t point) { return point < 0x80 ? static_cast<char>(point) : '\x80'; });
  const auto spans = redaction_.find(ascii, text::Writing::text, cut);
  hidden_ = hidden_ || !spans.empty();
  for (const text::Span& span : spans | std::views::reverse) {
    points.replace(span.begin, span.end - span.begin, std::u32string(kRedacted.begin(), kRedacted.end()));
  }
  return points;
}

void Printer::written_part(Address value_at, bool hidden) {
  if (!outlined()) {
    hidden ? put(kRedacted) : value(value_at);
  }
}

bool Printer::sequence(std::string_view open, std::uint64_t count, std::string_view close,
                       const std::function<std::optional<Address>(std::uint64_t)>& at, bool lone_comma) {
  put(open);
  text::NameMeaning meaning;  // of what stands before
  const bool whole = each(count, [&](std::uint64_t i) {
    const auto part = at(i);
    if (part) {
      const std::size_t begin = position();
      item(*part, {}, is_hidden(redaction_, meaning, objects_, types_, *part));
      meaning = i + 1 < count ? meaning_for_next(*part, begin, count) : text::NameMeaning{};
    }
    return part.has_value();
  });
  if (lone_comma && count == 1) {
    put(",");
  }
  put(close);
  return whole;
}

bool Printer::each(std::uint64_t count, const std::function<bool(std::uint64_t)>& put_one) {
  const std::size_t start = position();
  for (std::uint64_t i = 0; i < count; ++i) {
    separate(start);
    if (i >= limits_.max_items) {
      more(count - i);
      break;
    }
    if (!room()) {
      break;
    }
    if (!put_one(i)) {
      return false;
    }
  }
  return true;
}

void Printer::more(std::uint64_t count) {
  cut_ = true;
  left_out_ += active_.size() == 1 ? count : 0;
  put(limits_.counts ? fmt::format("… {} more", text::grouped(count)) : "…");
}

void Printer::more_of_text(std::uint64_t count, std::string_view unit) {
  cut_ = true;
  put(fmt::format("… {} more {}", text::grouped(count), unit));
}

void Printer::cut() {
  cut_ = true;
  put("…");
}

bool Printer::room() {
  if (out_.size() < limits_.max_text && visits_ < kMostVisits) {
    return true;
  }
  cut();
  return false;
}

bool Printer::fail(std::string_view why) {
  failure_ = why;
  return false;
}

void Printer::unreadable(std::string_view why) {
  readable_ = false;
  put(fmt::format("<unreadable: {}>", why));
}

}  // namespace stillframe::cpython
