// How objects keep what they hold. See dialect.h.
#pragma once

#include <cstdint>

namespace stillframe::cpython {

// How the characters of a str (2.7: unicode) are kept.
enum class TextFormat : std::uint8_t {
  wide_array,        // all of two or all of four bytes, apart from the object
  maybe_not_ready,   // one, two or four bytes each (PEP 393), or still a wchar_t array that was not looked at
  compact_or_ready,  // one, two or four bytes each
};

// What ob_refcnt counts in.
enum class ReferenceCounts : std::uint8_t {
  whole_word,
  low_half,               // PEP 683: the low 32 bits; their sign means immortal
  low_half_beside_flags,  // the upper half has flags
};

// Members of a function, in words behind the head.
struct FunctionWords {
  std::uint8_t code;
  std::uint8_t name;
  std::uint8_t qualified_name;  // the name, where there is no other
  std::uint8_t closure;
};

struct ObjectDialect {
  TextFormat text;
  bool str_is_bytes;                        // str is a string of bytes, and text is unicode
  bool interned_has_byte_if_free_threaded;  // in front of a str's state: a byte in free-threaded builds, not two bits
  bool two_integer_types;                   // int is a C long, and long has digits
  bool classic_classes;                     // classes that derive from nothing are no types
  ReferenceCounts reference_counts;
  FunctionWords function;
  bool descriptors_have_qualified_name;  // behind type and name
  bool subclasses_in_dict;               // tp_subclasses is a dict by address, not a list of weak references
};

// Where the attributes of an object stand whose type has Py_TPFLAGS_MANAGED_DICT.
enum class ManagedAttributesFormat : std::uint8_t {
  none,             // there is no such flag
  dict_and_values,  // a word each in front of the object
  dict_or_values,   // one word, marked by its lowest bit
  inline_values,    // a word for the dict, and the values behind the object
};

struct DictDialect {
  ManagedAttributesFormat managed;
  bool values_keep_order;  // values apart from their keys say in which order they were set
  bool found_by_hash;      // a str's hash can be computed, and a dict be asked by it
  bool one_round_hash;     // SipHash-1-3, not SipHash-2-4
};

// What a set's entries and removed ones look like.
enum class SetFormat : std::uint8_t {
  hash_then_key,  // in the place of what was removed stands a certain string
  key_then_hash,  // what was removed has the hash -1
};

// In what io.StringIO gathers text, and where its `closed` is behind buf, pos and string_size.
enum class StringIoWriter : std::uint8_t {
  none,
  accumulator,
  in_object,  // _PyUnicodeWriter
  apart,      // behind a pointer
};

// Bits of io.FileIO behind its descriptor: created, readable, writable and appending come first.
struct FileIoBits {
  std::uint8_t missing_first;  // bits that this version lacks of these
  std::uint8_t truncated;      // counted as if none was missing; 0: there is none
  std::uint8_t close_fd;
};

// lru_cache_object of functools, in words behind its list element.
struct LruCacheWords {
  std::uint8_t function;
  std::uint8_t cache;
  std::uint8_t hits;
  std::uint8_t most;
};

// Objects of the library that are implemented in C, by their members.
struct LibraryDialect {
  SetFormat sets;
  bool deque_counts_itself;   // a deque has its length as a member, not as ob_size, and 62 items a block
  bool memoryview_has_flags;  // and a buffer of its own in front of the view
  bool bytes_io_holds_bytes;  // io.BytesIO has a bytes object, not a buffer
  StringIoWriter string_io;
  std::uint8_t string_io_closed;  // bytes behind string_size
  FileIoBits file_io;
  std::uint8_t mmap_access;  // bytes behind the object's head
  bool timeout_is_double;    // a socket's, in seconds, not an integer of nanoseconds
  LruCacheWords lru_cache;
  std::uint8_t type_variable_flags;  // in words behind the head
  bool generic_alias_starred;        // types.GenericAlias says whether it is unpacked
  bool datetimes_fold;               // a byte that was padding before
  bool ordered_dict_in_python;       // OrderedDict is a class of Python code with a ring of lists
  bool queue_is_ring;                // _queue.SimpleQueue has a ring buffer, not a list
};

}  // namespace stillframe::cpython
