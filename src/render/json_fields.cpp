#include "render/json_fields.h"

#include <fmt/format.h>

#include <charconv>

namespace stillframe::render {

void Complaint::say(std::string_view what, std::string_view key) {
  if (!text_.empty()) {
    return;
  }
  const auto add = [this](std::string_view name) { text_ += fmt::format("{}{}", text_.empty() ? "" : ".", name); };
  for (const auto& [name, index] : steps_) {
    add(name);
    if (index != kNoIndex) {
      text_ += fmt::format("[{}]", index);
    }
  }
  if (!key.empty()) {
    add(key);
  }
  text_ = fmt::format("{} {}", text_.empty() ? "the whole" : text_, what);
}

std::optional<std::uint64_t> parse_hex(std::string_view text) {
  constexpr std::size_t kMostDigits = 16;
  if (!text.starts_with("0x") || text.size() == 2 || text.size() > 2 + kMostDigits) {
    return std::nullopt;
  }
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data() + 2, end, number, 16);
  return problem == std::errc{} && stop == end ? std::optional(number) : std::nullopt;
}

const JsonTree* Fields::member(std::string_view key) const {
  if (!object_.is_object()) {
    return nullptr;
  }
  const auto found = object_.find(key);
  if (found == object_.end()) {
    complaint_.say("is missing", key);
    return nullptr;
  }
  return &*found;
}

const JsonTree* Fields::member_or_none(std::string_view key) const {
  if (!object_.is_object()) {
    return nullptr;
  }
  const auto found = object_.find(key);
  return found == object_.end() || found->is_null() ? nullptr : &*found;
}

std::uint64_t Fields::address(std::string_view key) const {
  const auto found = parse_hex(get<std::string>(key));
  if (!found) {
    complaint_.say("is no address", key);
  }
  return found.value_or(0);
}

std::optional<std::uint64_t> Fields::address_or_null(std::string_view key) const {
  const auto text = get<std::optional<std::string>>(key);
  const auto found = text ? parse_hex(*text) : std::nullopt;
  if (text && !found) {
    complaint_.say("is no address", key);
  }
  return found;
}

}  // namespace stillframe::render
