// Code objects: names, file, and which source line (from 3.11 on also which columns) an instruction belongs to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "cpython/objects/objects.h"
#include "cpython/stacks/chain_budget.h"

namespace stillframe::cpython {

// Where an instruction stands in its source; lines are 1-based, columns 0-based UTF-8 byte offsets.
struct Position {
  std::optional<std::int32_t> line;
  std::optional<std::int32_t> end_line;
  std::optional<std::int32_t> column;
  std::optional<std::int32_t> end_column;

  bool operator==(const Position&) const = default;
};

struct Code {
  Address address = 0;
  std::uint32_t generation = 0;  // which code object at that address this is, of those that were seen there
  std::string filename;
  std::string name;
  std::optional<std::string> qualname;  // 3.11+
  std::int32_t first_line = 0;
  std::string line_table;    // the raw bytes of co_linetable or co_lnotab
  Address instructions = 0;  // 3.11+: where co_code_adaptive begins
  std::uint64_t instruction_bytes = 0;
  std::int32_t first_traceable = 0;  // 3.11+: index of the first instruction a traceback may show
  Address thread_local_copies = 0;   // 3.14t+: co_tlbc, 0 when there is none
  bool lost = false;  // all or some of it is memory that the core does not hold: what is empty is unknown

  bool operator==(const Code&) const = default;
};

// Reads each code object once. A code object that was read stays as it was read, also after the target runs again. A
// cache that outlives a reading asks in the next one whether there is still the same code object at an address: memory
// of one that is gone is used for the next.
class CodeCache {
 public:
  // `code_type`: the address of PyCode_Type, or 0 when it is not known: then the type's name must be "code".
  CodeCache(const Objects& objects, Address code_type, const ChainLimits& limits = {})
      : objects_(objects), code_type_(code_type), budget_(limits) {}

  // Of the chains whose code it keeps.
  [[nodiscard]] ChainBudget& budget() { return budget_; }

  // Begins another reading of memory: what is known from earlier ones is compared with it before it is used.
  void begin_reading();

  // Null when there is no sound code object at that address. Where the core has lost the memory that one would lie in,
  // a code object of which nothing is known. The pointer stays valid as long as the cache.
  const Code* find(Address address);
  [[nodiscard]] std::size_t size() const { return codes_.size(); }
  // True when an object's type is the code type.
  bool is_code(Address object);

 private:
  // What is known of an address.
  struct Entry {
    const Code* code = nullptr;  // null: there is none
    std::uint32_t reading = 0;   // the last one that has found it so
  };

  [[nodiscard]] std::optional<Code> read(Address address);
  std::optional<Code> load(Address address);
  [[nodiscard]] bool is_lost(Address object, std::size_t size) const;

  const Objects& objects_;
  Address code_type_;
  ChainBudget budget_;
  std::uint64_t text_bytes_ = 0;
  std::deque<Code> codes_;
  std::unordered_map<Address, Entry> by_address_;
  std::uint32_t reading_ = 0;
};

// The source position of the instruction at byte offset `lasti` (-1: not begun) in the version's own line table format.
Position locate(const Code& code, std::int64_t lasti, const Dialect& dialect);

// Every line that is run by this code and not by a function that is written inside of it, each once, in order.
std::vector<std::int32_t> lines_of(const Code& code, const Dialect& dialect);

}  // namespace stillframe::cpython
