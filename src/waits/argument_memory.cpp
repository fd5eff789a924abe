#include "waits/argument_memory.h"

#include <algorithm>
#include <array>
#include <climits>
#include <cstring>
#include <span>

namespace stillframe::waits {
namespace {

constexpr double kLongestTime = 100.0 * 366 * 86400;

std::optional<double> sane_time(std::int64_t seconds, std::int64_t part, std::int64_t parts) {
  if (seconds < 0 || part < 0 || part >= parts) {
    return std::nullopt;
  }
  const double time = static_cast<double>(seconds) + static_cast<double>(part) / static_cast<double>(parts);
  return time <= kLongestTime ? std::optional(time) : std::nullopt;
}

}  // namespace

std::optional<double> ArgumentMemory::timespec(Address address) const {
  const auto raw = memory_.get<std::array<std::int64_t, 2>>(address);
  return raw ? sane_time((*raw)[0], (*raw)[1], 1'000'000'000) : std::nullopt;
}

std::optional<double> ArgumentMemory::timeval(Address address) const {
  const auto raw = memory_.get<std::array<std::int64_t, 2>>(address);
  return raw ? sane_time((*raw)[0], (*raw)[1], 1'000'000) : std::nullopt;
}

std::vector<PollEntry> ArgumentMemory::poll_entries(Address address, std::uint64_t count) const {
  constexpr std::uint64_t most = 4096;
  std::vector<PollEntry> entries(std::min(count, most));
  if (!memory_.read(address, std::as_writable_bytes(std::span(entries)))) {
    entries.clear();
  }
  return entries;
}

std::vector<int> ArgumentMemory::fd_set(Address address, std::uint64_t count) const {
  constexpr std::uint64_t most = 65536;
  constexpr std::uint64_t bits = 64;
  count = std::min(count, most);
  std::vector<std::uint64_t> words((count + bits - 1) / bits);
  std::vector<int> fds;
  if (address == 0 || !memory_.read(address, std::as_writable_bytes(std::span(words)))) {
    return fds;
  }
  for (std::uint64_t fd = 0; fd < count; ++fd) {
    if (((words[fd / bits] >> (fd % bits)) & 1U) != 0) {
      fds.push_back(static_cast<int>(fd));
    }
  }
  return fds;
}

std::optional<std::uint64_t> ArgumentMemory::signal_set(Address address) const {
  return word(address);
}

std::optional<std::uint64_t> ArgumentMemory::word(Address address) const {
  const auto raw = memory_.get<std::uint64_t>(address);
  return raw ? std::optional(*raw) : std::nullopt;
}

std::optional<std::string> ArgumentMemory::path(Address address) const {
  constexpr std::size_t page = 4096;
  std::string text;
  while (text.size() < PATH_MAX) {
    // Never across the end of a page, behind which there may be nothing.
    std::array<char, page> piece;  // NOLINT(cppcoreguidelines-pro-type-member-init): read() fills it
    const Address at = address + text.size();
    const auto bytes = std::span(piece).first(page - at % page);
    if (!memory_.read(at, std::as_writable_bytes(bytes))) {
      return std::nullopt;
    }
    const auto end = std::ranges::find(bytes, '\0');
    text.append(bytes.begin(), end);
    if (end != bytes.end()) {
      return text;
    }
  }
  return std::nullopt;
}

std::optional<std::int64_t> ArgumentMemory::call_number_before(Address pc) const {
  const auto code = memory_.get<std::array<std::uint8_t, 7>>(pc - 7);
  if (!code || (*code)[0] != 0xb8 || (*code)[5] != 0x0f || (*code)[6] != 0x05) {
    return std::nullopt;
  }
  std::uint32_t number = 0;
  std::memcpy(&number, code->data() + 1, sizeof number);
  return number;
}

}  // namespace stillframe::waits
