#include "cpython/values/printer.h"

#include <fmt/format.h>

#include <algorithm>
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
  const auto again = std::ranges::find(active_, address, &std::pair<Address, const Type*>::first);
  if (again != active_.end()) {
    put(type->kind != nullptr ? type->kind->cycle : "...");
    return;
  }
  enter(address, *type);
}

void Printer::enter(Address address, const Type& type) {
  const Instance object{.address = address, .type = type};
  const std::size_t begin = out_.size();
  active_.emplace_back(address, &type);
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

void Printer::item(Address value_at, std::string_view name) {
  note(name, value_at);
  written_part(value_at, false);
}

void Printer::attribute(std::string_view name, Address value_at, std::string_view between) {
  const bool hidden = redaction_.hides(name);
  note(name, value_at, hidden);
  put(name);
  put(between);
  written_part(value_at, hidden);
}

// Of a key that is not shown whole.
bool Printer::is_secret_key(Address key) {
  constexpr std::uint64_t longest = 4096;
  const Type* type = types_.of(key);
  const bool text = type != nullptr && type->has(kTextSubclass);
  const bool bytes = type != nullptr && type->has(kBytesSubclass);
  const auto whole = text ? objects_.text(key, longest) : bytes ? objects_.bytes(key, longest) : std::nullopt;
  return whole && redaction_.hides(*whole);
}

void Printer::pair(Address key, Address value_at, std::string_view between) {
  const std::size_t begin = out_.size();
  const bool was_readable = std::exchange(readable_, true);
  const bool was_cut = std::exchange(cut_, false);
  value(key);
  const bool exact = readable_ && !cut_;
  readable_ = readable_ && was_readable;
  cut_ = cut_ || was_cut;
  // The key as it is written, with its quotes: who hides `token` also hides 'token'.
  const std::string_view name = std::string_view(out_).substr(begin);
  const bool hidden = redaction_.hides(name) || (!exact && is_secret_key(key));
  if (notes()) {
    add_child(
        {.name = std::string(name), .address = value_at, .hidden = hidden, .role = ChildRole::entry, .exact = exact});
  }
  put(between);
  written_part(value_at, hidden);
}

void Printer::written_part(Address value_at, bool hidden) {
  if (!outlined()) {
    hidden ? put(kRedacted) : value(value_at);
  }
}

bool Printer::sequence(std::string_view open, std::uint64_t count, std::string_view close,
                       const std::function<std::optional<Address>(std::uint64_t)>& at, bool lone_comma) {
  put(open);
  const bool whole = each(count, [&](std::uint64_t i) {
    const auto part = at(i);
    part ? item(*part) : void();
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
