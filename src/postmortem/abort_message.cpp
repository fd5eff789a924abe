#include "postmortem/abort_message.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <functional>
#include <vector>

#include "binary/demangle.h"
#include "binary/elf_image.h"

namespace stillframe::postmortem {
namespace {

using memory::Address;
using memory::MemorySource;

constexpr Address kWord = sizeof(Address);
// Files that are asked for a symbol.
constexpr std::size_t kMostFiles = 4096;
constexpr std::size_t kLongestAbortMessage = 4096;

// The text at an address up to its end, or as much of it as can be read; control characters are for render to escape.
std::optional<std::string> text_at(const MemorySource& memory, Address at, std::size_t most = kLongestAbortMessage) {
  std::string text;
  while (text.size() < most) {
    const auto letter = memory.get<char>(at + text.size());
    if (!letter || *letter == '\0') {
      return letter || !text.empty() ? std::optional(text) : std::nullopt;
    }
    text += *letter;
  }
  return text;
}

// Every mapped file's own symbol of that name.
std::vector<std::pair<binary::ElfImage, Address>> symbols_named(const target::Target& target,
                                                                const MemorySource& memory, std::string_view file,
                                                                std::string_view name) {
  std::vector<std::pair<binary::ElfImage, Address>> found;
  std::size_t looked_at = 0;
  for (const target::Mapping& mapping : target.mappings()) {
    const std::string_view path = mapping.path;
    if (mapping.offset != 0 || !path.starts_with('/') || !path.substr(path.rfind('/') + 1).starts_with(file) ||
        ++looked_at > kMostFiles) {
      continue;
    }
    auto image = binary::ElfImage::at(memory, mapping.begin);
    const auto symbol = image ? image->find_dynamic_symbol(memory, name) : std::nullopt;
    if (symbol) {
      found.emplace_back(std::move(*image), symbol->address);
    }
  }
  return found;
}

}  // namespace

// struct abort_msg_s { unsigned int size; char msg[]; } (include/stdlib.h of glibc), `__abort_msg` points to it.
std::optional<std::string> abort_message(const target::Target& target, const MemorySource& memory) {
  for (const auto& [image, symbol] : symbols_named(target, memory, "libc", "__abort_msg")) {
    const auto message = memory.get<Address>(symbol);
    const auto size = message && *message != 0 ? memory.get<std::uint32_t>(*message) : memory::Read<std::uint32_t>();
    if (!message || *message == 0 || !size || *size <= sizeof(std::uint32_t)) {
      continue;
    }
    auto text = text_at(memory, *message + sizeof(std::uint32_t), std::min<std::size_t>(*size, kLongestAbortMessage));
    if (text) {
      while (text->ends_with('\n')) {
        text->pop_back();
      }
      return text;
    }
  }
  return std::nullopt;
}

namespace {

// struct __cxa_exception of libstdc++ (libsupc++/unwind-cxx.h), as far as it is looked at, from its beginning.
constexpr Address kUnwindHeader = 80;     // its first word is the exception class
constexpr Address kExceptionSize = 112;   // the thrown object lies behind it
constexpr Address kPrimaryException = 0;  // of __cxa_dependent_exception: the thrown object
// "GNUCC++\0", and 1 in its last byte where it is a dependent exception (std::rethrow_exception).
constexpr std::uint64_t kCppClass = 0x474e5543432b2b00;
// Base classes of a type, and their base classes.
constexpr int kDeepestTypes = 32;

#if defined(__x86_64__)
constexpr bool kKnowsTheCode = true;
#else
constexpr bool kKnowsTheCode = false;
#endif

// The runtime's own thread-local variable has no exported name: its place is in the code of __cxa_get_globals(),
//   lea rdi, [rip + x]; call __tls_get_addr; add rax, y; ret
// where the words at x are the module's number and an offset, that together with y leads to it.
struct TlsPlace {
  std::uint64_t module = 0;
  std::uint64_t offset = 0;
};

std::optional<TlsPlace> tls_place_in(const MemorySource& memory, Address function) {
  const auto code = memory.get<std::array<std::uint8_t, 48>>(function);
  if (!code) {
    return std::nullopt;
  }
  const auto number_at = [&](std::size_t at) {
    std::int32_t number = 0;
    std::memcpy(&number, code->data() + at, sizeof number);
    return static_cast<std::uint64_t>(std::int64_t{number});
  };
  constexpr std::array<std::uint8_t, 3> kLea{0x48, 0x8d, 0x3d};
  constexpr std::array<std::uint8_t, 2> kAdd{0x48, 0x05};
  const auto lea = std::ranges::search(*code, kLea);
  const auto at = static_cast<std::size_t>(lea.begin() - code->begin());
  if (lea.empty() || at + 7 > code->size()) {
    return std::nullopt;
  }
  auto place = memory.get<TlsPlace>(function + at + 7 + number_at(at + 3));
  if (!place) {
    return std::nullopt;
  }
  const auto behind = std::span(*code).subspan(at + 7);
  const auto add = std::ranges::search(behind, kAdd);
  const auto end = std::ranges::find(behind, 0xc3);
  const auto add_at = static_cast<std::size_t>(add.begin() - behind.begin()) + at + 7;
  if (!add.empty() && add.begin() < end && add_at + 6 <= code->size()) {
    place->offset += number_at(add_at + 2);
  }
  return *place;
}

// tcbhead_t of glibc (sysdeps/x86_64/nptl/tls.h): tcb, dtv. A dtv has two words for each module, after two of its own.
std::optional<Address> tls_address(const MemorySource& memory, Address thread_pointer, const TlsPlace& place) {
  constexpr std::uint64_t kMostModules = 65536;
  const auto dtv = memory.get<Address>(thread_pointer + kWord);
  if (!dtv || place.module == 0 || place.module > kMostModules) {
    return std::nullopt;
  }
  const auto block = memory.get<Address>(*dtv + place.module * 2 * kWord);
  return block && *block != 0 && *block != ~Address{0} ? std::optional(*block + place.offset) : std::nullopt;
}

// std::type_info: its virtual table, its mangled name, which begins with '*' where it is not unique.
std::optional<std::string> mangled_type(const MemorySource& memory, Address type) {
  const auto name = memory.get<Address>(type + kWord);
  auto text = name ? text_at(memory, *name, 1024) : std::nullopt;
  if (text && text->starts_with('*')) {
    text->erase(0, 1);
  }
  return text && !text->empty() ? text : std::nullopt;
}

// "typeinfo for std::runtime_error" is how the name of a type can be asked for.
std::string plain_type(const std::string& mangled) {
  constexpr std::string_view kPrefix = "typeinfo for ";
  const auto text = binary::demangle("_ZTI" + mangled);
  return text && text->starts_with(kPrefix) ? text->substr(kPrefix.size()) : mangled;
}

// The classes of type_info objects that have base classes: where their virtual tables are.
struct TypeTables {
  std::vector<Address> single;
  std::vector<Address> several;
};

TypeTables type_tables(const target::Target& target, const MemorySource& memory) {
  // An object points behind the two words that a table begins with.
  TypeTables tables;
  for (const auto& [image, at] : symbols_named(target, memory, "", "_ZTVN10__cxxabiv120__si_class_type_infoE")) {
    tables.single.push_back(at + 2 * kWord);
  }
  for (const auto& [image, at] : symbols_named(target, memory, "", "_ZTVN10__cxxabiv121__vmi_class_type_infoE")) {
    tables.several.push_back(at + 2 * kWord);
  }
  return tables;
}

// Where in an object of `type` the part begins that is a std::runtime_error or std::logic_error.
std::optional<Address> message_part(const MemorySource& memory, const TypeTables& tables, Address type, int depth = 0) {
  const auto name = mangled_type(memory, type);
  if (!name || depth > kDeepestTypes) {
    return std::nullopt;
  }
  if (*name == "St13runtime_error" || *name == "St11logic_error") {
    return Address{0};
  }
  const Address table = memory.get<Address>(type).value_or(0);
  if (std::ranges::find(tables.single, table) != tables.single.end()) {
    const auto base = memory.get<Address>(type + 2 * kWord);
    return base ? message_part(memory, tables, *base, depth + 1) : std::nullopt;
  }
  if (std::ranges::find(tables.several, table) == tables.several.end()) {
    return std::nullopt;
  }
  // __vmi_class_type_info: flags and base_count as ints, then pairs of base and offset_flags: bit 0 virtual, the offset
  // from bit 8 on. Of virtual bases the offset is in the object; the few that are so are left out.
  constexpr std::uint32_t kMostBases = 16;
  const auto count = memory.get<std::uint32_t>(type + 2 * kWord + sizeof(std::uint32_t)).value_or(0);
  for (std::uint32_t i = 0; i < std::min(count, kMostBases); ++i) {
    const auto base = memory.get<std::array<Address, 2>>(type + (3 + 2 * Address{i}) * kWord);
    if (base && ((*base)[1] & 1U) == 0) {
      if (const auto part = message_part(memory, tables, (*base)[0], depth + 1)) {
        return *part + ((*base)[1] >> 8U);
      }
    }
  }
  return std::nullopt;
}

std::optional<std::string> what_of(const target::Target& target, const MemorySource& memory, Address type,
                                   const std::string& mangled, Address object) {
  if (mangled == "PKc" || mangled == "Pc") {
    const auto text = memory.get<Address>(object);
    return text ? text_at(memory, *text) : std::nullopt;
  }
  if (mangled == "NSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE") {
    const auto text = memory.get<Address>(object);
    return text ? text_at(memory, *text) : std::nullopt;
  }
  if (mangled == "i") {
    const auto number = memory.get<std::int32_t>(object);
    return number ? std::optional(std::to_string(*number)) : std::nullopt;
  }
  // Their message is a string of the old kind in both ABIs: one pointer to the letters, behind the virtual table
  // (include/std/stdexcept).
  const auto part = message_part(memory, type_tables(target, memory), type);
  const auto text = part ? memory.get<Address>(object + *part + kWord) : memory::Read<Address>();
  return part && text ? text_at(memory, *text) : std::nullopt;
}

std::optional<InFlight> exception_at(const target::Target& target, const MemorySource& memory, Address exception) {
  const auto kind = memory.get<std::uint64_t>(exception + kUnwindHeader);
  if (!kind || (*kind & ~std::uint64_t{1}) != kCppClass) {
    return std::nullopt;
  }
  const bool dependent = (*kind & 1U) != 0;
  const Address object =
      dependent ? memory.get<Address>(exception + kPrimaryException).value_or(0) : exception + kExceptionSize;
  const auto type = memory.get<Address>(object - kExceptionSize);
  const auto mangled = type ? mangled_type(memory, *type) : std::nullopt;
  if (!mangled) {
    return std::nullopt;
  }
  return InFlight{.type = plain_type(*mangled), .what = what_of(target, memory, *type, *mangled, object)};
}

}  // namespace

std::optional<InFlight> cpp_exception(const target::Target& target, const MemorySource& memory,
                                      Address thread_pointer) {
  if (!kKnowsTheCode) {
    return std::nullopt;
  }
  for (const auto& [image, function] : symbols_named(target, memory, "", "__cxa_get_globals")) {
    const auto place = tls_place_in(memory, function);
    const auto globals = place ? tls_address(memory, thread_pointer, *place) : std::nullopt;
    // __cxa_eh_globals: caughtExceptions first, of which the newest is the head of the list.
    const auto exception = globals ? memory.get<Address>(*globals) : memory::Read<Address>();
    if (globals && exception && *exception != 0) {
      if (auto found = exception_at(target, memory, *exception)) {
        return found;
      }
    }
  }
  return std::nullopt;
}

}  // namespace stillframe::postmortem
