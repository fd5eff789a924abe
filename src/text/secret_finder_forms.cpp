// The secrets that SecretFinder knows by their own form: of URLs, keys, and tokens.
#include <algorithm>
#include <array>

#include "text/letters.h"
#include "text/secret_finder.h"
#include "text/secret_shapes.h"

namespace stillframe::text {

// A place that something is put into: {password}, $PASSWORD, %s, %(password)s.
bool SecretFinder::is_filled_in_later(std::string_view value) {
  constexpr std::size_t kLongestPlace = 128;
  if (value.size() > kLongestPlace) {
    return false;
  }
  const bool braces = value.starts_with('{') && value.find('}') == value.size() - 1;
  const bool shell = value.starts_with("${") ||
                     (value.starts_with('$') && value.size() > 1 &&
                      std::ranges::all_of(value.substr(1), [](char one) { return is_upper(one) || one == '_'; }));
  return braces || shell || value == "%s" || value == "%r" || (value.starts_with("%(") && value.ends_with(")s"));
}

std::optional<std::size_t> SecretFinder::shape(std::size_t begin) {
  const std::size_t length = length_of_secret_shape(text_.substr(begin), cut_);
  if (length > 0) {
    return hide(begin, begin + length);
  }
  if (!code_) {
    return std::nullopt;
  }
  constexpr std::string_view kBase64 = "+/=";
  if (begin > 0 && kBase64.contains(text_[begin - 1])) {
    return std::nullopt;  // within a run that was looked at
  }
  const std::size_t end = end_of(begin, kBase64);
  const std::string_view run = part(begin, end);
  // A literal that a machine made: nothing says what it is for where it is an argument without a name.
  const bool literal = begin > 0 && is_quote(text_[begin - 1]) && at(end) == text_[begin - 1];
  if (literal && run.find_first_of("_+/=") == std::string_view::npos && looks_random(run)) {
    return hide(begin, end);
  }
  // The lines of a key in a literal of several.
  constexpr std::size_t kLongLine = 60;
  const bool key = run.size() >= kLongLine && !run.contains('_') && std::ranges::any_of(run, is_digit) &&
                   std::ranges::any_of(run, is_upper) && std::ranges::any_of(run, is_lower);
  return key ? hide(begin, end) : std::nullopt;
}

// "://": the userinfo of a URL, as far as it is secret.
std::size_t SecretFinder::url(std::size_t colon) {
  const std::size_t begin = colon + 3;
  const auto ends = [&](std::size_t i) {
    return i >= text_.size() || is_space(text_[i]) || std::string_view("'\"<>`\\").contains(text_[i]);
  };
  std::size_t end = begin;
  std::size_t last = std::string_view::npos;  // the @ that ends the userinfo
  while (!ends(end) && !std::string_view("/?#").contains(text_[end])) {
    last = text_[end] == '@' ? end : last;
    ++end;
  }
  std::size_t password = part(begin, std::min(last, end)).find(':');
  password = password == std::string_view::npos ? password : begin + password + 1;
  if (last == std::string_view::npos && password != std::string_view::npos && at(begin) != '[') {
    // A password with a / in it; a port has digits alone.
    const bool port = std::ranges::all_of(part(password, end), is_digit);
    constexpr std::size_t kFar = 256;
    for (std::size_t i = end; !port && i < begin + kFar && !ends(i); ++i) {
      last = text_[i] == '@' ? i : last;
    }
    if (last == std::string_view::npos && cut_ && end == text_.size()) {
      return hide(password, end).value_or(end);
    }
  }
  if (last == std::string_view::npos) {
    return webhook(part(begin, end), end).value_or(begin);
  }
  if (password == std::string_view::npos) {
    constexpr std::size_t kLong = 20;
    const std::string_view user = part(begin, last);
    return (user.size() >= kLong && looks_random(user) ? hide(begin, last) : std::nullopt).value_or(last + 1);
  }
  return (is_filled_in_later(part(password, last)) ? std::nullopt : hide(password, last)).value_or(last + 1);
}

// Addresses that whoever knows them may write to.
std::optional<std::size_t> SecretFinder::webhook(std::string_view host, std::size_t path) {
  struct Place {
    std::string_view host;
    std::string_view path;
  };
  constexpr std::array<Place, 4> kPlaces{{{"hooks.slack.com", "/services/"},
                                          {"discord.com", "/api/webhooks/"},
                                          {"discordapp.com", "/api/webhooks/"},
                                          {"api.telegram.org", "/bot"}}};
  for (const Place& place : kPlaces) {
    if (host == place.host && has(path, place.path)) {
      const std::size_t begin = path + place.path.size();
      return hide(begin, end_of(begin, place.path == "/bot" ? ":-" : "-/"));
    }
  }
  return std::nullopt;
}

// "-----BEGIN": what stands between that and the end of a private key, whatever breaks its lines.
std::size_t SecretFinder::private_key(std::size_t dashes) {
  constexpr std::string_view kDashes = "-----";
  constexpr std::size_t kLongestLabel = 64;
  const std::size_t label = dashes + kDashes.size();
  const std::size_t close = text_.substr(0, std::min(text_.size(), label + kLongestLabel)).find(kDashes, label);
  if (close == std::string_view::npos || !part(label, close).contains("PRIVATE KEY")) {
    return label;
  }
  const std::size_t begin = close + kDashes.size();
  std::size_t end = std::min(text_.find("-----END", begin), text_.size());
  if (code_ && end == text_.size()) {
    end = std::min(end, text_.find_first_of("'\"", begin));
  }
  if (part(begin, end).find_first_not_of(" \r\n\\") == std::string_view::npos) {
    return end;
  }
  return hide(begin, end).value_or(begin);
}

}  // namespace stillframe::text
