#include "target/core_command_line.h"

#include <elf.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>

namespace stillframe::target {
namespace {

using memory::Address;
using memory::MemorySource;

constexpr std::size_t kChunk = std::size_t{64} * 1024;
constexpr std::size_t kMostChunks = 32;        // arguments and environment are at most 2 MiB of an 8 MiB stack
constexpr std::size_t kMostStrings = 200'000;  // of the environment
constexpr std::size_t kMostArguments = 10'000;
constexpr std::size_t kMostText = std::size_t{256} * 1024;

// Words of the stack, read a chunk at a time towards lower addresses.
class StackReader {
 public:
  explicit StackReader(const MemorySource& memory) : memory_(memory) {}

  std::optional<std::uint64_t> word(Address address) {
    if (address < start_ || address - start_ + 8 > kChunk || !filled_) {
      start_ = address + 8 - kChunk;
      filled_ = memory_.read(start_, bytes_).has_value();
      if (!filled_) {
        const auto alone = memory_.get<std::uint64_t>(address);
        return alone ? std::optional(*alone) : std::nullopt;
      }
    }
    std::uint64_t value = 0;
    std::memcpy(&value, bytes_.data() + (address - start_), sizeof value);
    return value;
  }

 private:
  const MemorySource& memory_;
  Address start_ = 0;
  bool filled_ = false;
  std::vector<std::byte> bytes_ = std::vector<std::byte>(kChunk);
};

// The kernel lays out the stack's top as: argc, argv, NULL, envp, NULL, auxv, then the bytes that these point to, those
// of AT_RANDOM among them (fs/binfmt_elf.c, create_elf_tables). The place of the auxv is where its first entries are.
std::optional<Address> find_auxv(const binary::CoreFile& core, StackReader& stack) {
  const auto random = core.auxv(AT_RANDOM);
  if (!random || core.auxv().size() < 2) {
    return std::nullopt;
  }
  const auto [first_type, first_value] = core.auxv()[0];
  const auto [second_type, second_value] = core.auxv()[1];
  const Address top = *random & ~Address{7};
  for (std::size_t back = 32; back < kChunk * kMostChunks && back < top; back += 8) {
    const Address at = top - back;
    const auto found = stack.word(at);
    if (!found) {
      break;
    }
    if (*found == first_type && stack.word(at + 8) == first_value && stack.word(at + 16) == second_type &&
        stack.word(at + 24) == second_value) {
      return at;
    }
  }
  return std::nullopt;
}

// Where argv begins and how long it is. Going back from the auxv, everything is a pointer or NULL (more than one where
// unsetenv() has moved the environment together) until argc.
std::optional<std::pair<Address, std::size_t>> find_argv(Address auxv, StackReader& stack) {
  Address at = auxv - 8;
  for (std::size_t count = 0; count <= kMostStrings + kMostArguments; ++count, at -= 8) {
    const auto word = stack.word(at);
    if (!word || (count == 0 && *word != 0)) {
      return std::nullopt;
    }
    if (*word == 0 || *word > kMostArguments) {
      continue;
    }
    const bool ends = *word < count && stack.word(at + 8 + *word * 8) == 0;
    return ends ? std::optional(std::pair(at + 8, static_cast<std::size_t>(*word))) : std::nullopt;
  }
  return std::nullopt;
}

std::optional<std::string> read_text(const MemorySource& memory, Address address) {
  std::string text;
  std::array<char, 256> piece;  // NOLINT(cppcoreguidelines-pro-type-member-init): read() fills it
  while (text.size() < kMostText) {
    const std::size_t size = piece.size() - (address + text.size()) % piece.size();
    if (!memory.read(address + text.size(), std::as_writable_bytes(std::span(piece).first(size)))) {
      return std::nullopt;
    }
    const auto end = std::find(piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(size), '\0');
    text.append(piece.begin(), end);
    if (end != piece.begin() + static_cast<std::ptrdiff_t>(size)) {
      return text;
    }
  }
  return std::nullopt;
}

// The words as the kernel put them there, one behind the other up to the environment, which is what /proc/PID/cmdline
// shows. Nothing where that is not `count` words.
std::vector<std::string> read_words(const MemorySource& memory, Address begin, Address end, std::size_t count) {
  std::vector<std::string> words;
  if (begin >= end || end - begin > kMostText) {
    return words;
  }
  std::string text(end - begin, '\0');
  if (!memory.read(begin, std::as_writable_bytes(std::span(text))) || text.back() != '\0' ||
      static_cast<std::size_t>(std::ranges::count(text, '\0')) != count) {
    return words;
  }
  for (std::string_view rest = text; !rest.empty(); rest.remove_prefix(words.back().size() + 1)) {
    words.emplace_back(rest.substr(0, rest.find('\0')));
  }
  return words;
}

}  // namespace

std::vector<std::string> read_command_line(const binary::CoreFile& core, const MemorySource& dumped) {
  StackReader stack(dumped);
  const auto auxv = find_auxv(core, stack);
  const auto argv = auxv ? find_argv(*auxv, stack) : std::nullopt;
  if (!argv) {
    return {};
  }
  const auto [place, count] = *argv;
  // Programs change argv: Python 2.7 lets the word behind -c point to another text.
  auto words =
      read_words(dumped, stack.word(place).value_or(0), stack.word(place + (count + 1) * 8).value_or(0), count);
  if (!words.empty()) {
    return words;
  }
  std::size_t total = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const auto pointer = stack.word(place + i * 8);
    auto text = pointer ? read_text(dumped, *pointer) : std::nullopt;
    total += text ? text->size() : 0;
    if (!text || total > kMostText) {
      return {};
    }
    words.push_back(std::move(*text));
  }
  return words;
}

}  // namespace stillframe::target
