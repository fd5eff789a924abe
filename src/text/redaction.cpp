#include "text/redaction.h"

#include <fnmatch.h>

#include <algorithm>

#include "text/letters.h"
#include "text/secret_finder.h"

namespace stillframe::text {
namespace {

// Keys of dicts are asked for as well: what is kept has to end somewhere.
constexpr std::size_t kLongestKept = 64;
constexpr std::size_t kMostKept = 4096;

std::string in_lower_case(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), to_lower);
  return out;
}

// A count or a switch, as the environment and configuration files write them.
bool is_number_or_switch(std::string_view text) {
  const std::string word = in_lower_case(text);
  return text.find_first_not_of("0123456789.,_ ") == std::string_view::npos || word == "true" || word == "false" ||
         word == "yes" || word == "no" || word == "on" || word == "off" || word == "none" || word == "null";
}

}  // namespace

Redaction Redaction::usual() {
  Redaction redaction;
  redaction.usual_ = true;
  return redaction;
}

void Redaction::add(std::string_view pattern) {
  patterns_.push_back("*" + in_lower_case(pattern) + "*");
  decided_.clear();
}

NameMeaning Redaction::meaning(std::string_view name) const {
  if (empty()) {
    return {};
  }
  if (name.size() > kLongestKept) {
    return decide(name);
  }
  if (const auto known = decided_.find(name); known != decided_.end()) {
    return known->second;
  }
  const NameMeaning meaning = decide(name);
  if (decided_.size() < kMostKept) {
    decided_.emplace(name, meaning);
  }
  return meaning;
}

NameMeaning Redaction::decide(std::string_view name) const {
  if (!patterns_.empty()) {
    const std::string text = in_lower_case(name);
    const bool asked = std::ranges::any_of(
        patterns_, [&](const std::string& pattern) { return fnmatch(pattern.c_str(), text.c_str(), 0) == 0; });
    if (asked) {
      return {.kind = SecretKind::asked};
    }
  }
  return usual_ ? meaning_of(name) : NameMeaning{};
}

bool Redaction::hides(const NameMeaning& meaning, Shape shape) {
  switch (meaning.kind) {
    case SecretKind::open:
      return false;
    case SecretKind::asked:
      return true;
    case SecretKind::secret:
      return shape == Shape::number ? !meaning.counts : shape != Shape::nothing;
    case SecretKind::text:
      return shape == Shape::text || shape == Shape::sequence;
    case SecretKind::random:
    case SecretKind::location:
    case SecretKind::folder:
      return shape == Shape::text;
  }
  return false;
}

bool Redaction::hides_text(const NameMeaning& meaning, std::string_view text) const {
  switch (meaning.kind) {
    case SecretKind::open:
      return false;
    case SecretKind::asked:
      return true;
    case SecretKind::secret:
      return !text.empty() && !(meaning.counts && is_number_or_switch(text));
    case SecretKind::text:
      return !text.empty();
    case SecretKind::random:
      return looks_random(text);
    case SecretKind::location:
      // What its form tells apart is hidden in part.
      return !text.empty() && !text.contains("://") && !text.contains('=');
    case SecretKind::folder:
      return !text.empty() && !text.starts_with('/');
  }
  return false;
}

std::vector<Span> Redaction::find(std::string_view text, Writing writing, bool cut) const {
  return !usual_ ? std::vector<Span>() : SecretFinder(*this, text, writing, cut).find();
}

std::string Redaction::hidden(std::string_view text, Writing writing) const {
  return with_hidden(text, find(text, writing));
}

void Redaction::hide_in(std::string& text) const {
  if (const auto spans = find(text); !spans.empty()) {
    text = with_hidden(text, spans);
  }
}

bool Redaction::announces_secret(std::string_view flag) const {
  return flag.starts_with('-') && !flag.starts_with("--no-") && flag.find_first_of("=: ") == std::string_view::npos &&
         meaning(flag).kind != SecretKind::open;
}

void Redaction::hide_in(std::vector<std::string>& arguments) const {
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const bool announced = i > 0 && announces_secret(arguments[i - 1]) && !arguments[i].starts_with('-');
    if (announced && hides_text(meaning(arguments[i - 1]), arguments[i])) {
      arguments[i] = kRedacted;
    } else {
      hide_in(arguments[i]);
    }
  }
}

std::string with_hidden(std::string_view text, const std::vector<Span>& spans) {
  std::string out;
  std::size_t at = 0;
  for (const Span& span : spans) {
    out += text.substr(at, span.begin - at);
    out += kRedacted;
    at = span.end;
  }
  out += text.substr(at);
  return out;
}

std::size_t offset_with_hidden(std::size_t offset, const std::vector<Span>& spans) {
  std::size_t moved = offset;
  for (const Span& span : spans) {
    if (offset <= span.begin) {
      break;
    }
    const std::size_t gone = std::min(offset, span.end) - span.begin;
    moved = moved - gone + (offset >= span.end ? kRedacted.size() : 0);
  }
  return moved;
}

}  // namespace stillframe::text
