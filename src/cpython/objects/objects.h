// The few kinds of objects that a stack cannot be shown without: strings, dicts, integers, attributes of instances.
// Every pointer and length may be torn or hostile: readers return nothing rather than a guess.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "cpython/dialects/layout.h"
#include "memory/memory_source.h"

namespace stillframe::cpython {

using memory::Address;
struct DictTable;

// Where a str (2.7: unicode) keeps its characters.
struct TextPlace {
  Address data = 0;
  std::uint64_t length = 0;  // in characters
  std::uint32_t width = 1;   // bytes a character
  bool ascii = false;
};

class Objects {
 public:
  Objects(const memory::MemorySource& memory, const Layout& layout) : memory_(memory), layout_(layout) {}

  [[nodiscard]] const memory::MemorySource& memory() const { return memory_; }
  [[nodiscard]] const Layout& layout() const { return layout_; }

  // A member of a structure at `base`; nothing when this version has no such member or it cannot be read.
  template <typename T>
  [[nodiscard]] std::optional<T> field(Address base, Offset offset) const {
    if (!offset.present()) {
      return std::nullopt;
    }
    const auto value = memory_.get<T>(base + offset.value());
    return value ? std::optional<T>(*value) : std::nullopt;
  }
  [[nodiscard]] std::optional<Address> pointer(Address base, Offset offset) const {
    return field<Address>(base, offset);
  }

  // ob_type of an object.
  [[nodiscard]] std::optional<Address> type_of(Address object) const;
  // tp_name of a type: "code", "collections.OrderedDict".
  [[nodiscard]] std::optional<std::string> type_name(Address type) const;

  // A str (also unicode and str of 2.7) as UTF-8; lone surrogates become U+FFFD. At most `max_length` characters are
  // read; a longer string gives nothing.
  [[nodiscard]] std::optional<std::string> text(Address object, std::uint64_t max_length = 4096) const;
  // A str of 3.x or a unicode of 2.7, of any length; nothing is read of its characters but, in 2.7, to find their
  // width.
  [[nodiscard]] std::optional<TextPlace> text_place(Address object) const;
  // The first characters of it as code points, at most `most`; lone surrogates stay what they are.
  [[nodiscard]] std::optional<std::u32string> characters(const TextPlace& place, std::uint64_t most) const;
  // The contents of a bytes object (2.7: str), at most `max_length`.
  [[nodiscard]] std::optional<std::string> bytes(Address object, std::uint64_t max_length) const;
  // A string that a zero ends, at most `max_length` bytes before it.
  [[nodiscard]] std::optional<std::string> c_string(Address at, std::size_t max_length) const;
  // How many items an object of variable size has (ob_size of PyVarObject), or digits an int; its sign is that of an
  // int. From 3.12 on an int keeps both in a word of its own: the count, and 2 in the two lowest bits where it is
  // negative (lv_tag of Include/cpython/longintrepr.h).
  struct VariableSize {
    bool negative = false;
    std::uint64_t count = 0;
  };
  [[nodiscard]] std::optional<VariableSize> variable_size(Address object, bool is_int) const;
  // An int (2.7: int or long) that fits into 64 bits: from -2^63 to 2^64 - 1, negative ones as two's complement.
  [[nodiscard]] std::optional<std::uint64_t> integer(Address object) const;
  // One from -2^63 to 2^63 - 1.
  [[nodiscard]] std::optional<std::int64_t> signed_integer(Address object) const;

  // True or False; nothing for what is neither.
  [[nodiscard]] std::optional<bool> truth(Address object) const;

  // Calls `visit(key, value)` for every live entry of a dict, in table order, until it returns false.
  // False when the dict could not be read to its end.
  bool for_each_entry(Address dict, const std::function<bool(Address key, Address value)>& visit) const;
  // Whether a lookup() reads but few of the keys, as far as is known.
  [[nodiscard]] bool finds_by_hash() const;
  // The value of a string key.
  [[nodiscard]] std::optional<Address> lookup(Address dict, std::string_view key) const;
  // An attribute kept in the instance itself: its __dict__, or the inline values of 3.11 and later.
  [[nodiscard]] std::optional<Address> instance_attribute(Address object, std::string_view name) const;
  // Calls `visit(key, value)` for each of those attributes, in the order they were set, until it returns false. False
  // when they could not be read to their end. An object of a type that keeps none has none.
  bool for_each_instance_attribute(Address object, Address type,
                                   const std::function<bool(Address key, Address value)>& visit) const;

 private:
  struct Integer {
    bool negative = false;
    std::uint64_t magnitude = 0;
  };
  [[nodiscard]] std::optional<Integer> sign_and_magnitude(Address object) const;
  [[nodiscard]] std::optional<std::int64_t> offset_from_end(Address object, Address type, std::int64_t offset) const;
  [[nodiscard]] std::optional<TextPlace> text_place_2(Address object) const;
  [[nodiscard]] bool has_wide_characters(Address data, std::uint64_t length) const;
  [[nodiscard]] std::uint64_t hash_of(std::string_view text) const;
  [[nodiscard]] bool hashes_are_known(const DictTable& table) const;

  const memory::MemorySource& memory_;
  const Layout& layout_;
  // Of 2.7: whether unicode objects have four bytes a character, once one was seen that leaves no doubt.
  mutable std::optional<bool> wide_;
  // Whether the hashes that strings keep are those that we compute, once that was asked.
  mutable std::optional<bool> hashes_known_;
};

}  // namespace stillframe::cpython
