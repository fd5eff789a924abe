#include "resolve/native_ids.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

namespace stillframe::resolve {
namespace {

using cpython::Address;
using cpython::RawThread;
using target::Tid;

// glibc keeps the tid at 0x2d0 of struct pthread on x86-64 and near there elsewhere, musl at 0x30.
constexpr std::size_t kSearched = 2048;

// thread_id is the address of a struct pthread.
bool is_pthread(std::uint64_t thread_id) {
  return thread_id >= 4096 && thread_id % 8 == 0;
}

std::vector<const RawThread*> unmatched(const cpython::RawProcess& process,
                                        const std::unordered_map<Address, Tid>& found) {
  std::vector<const RawThread*> threads;
  for (const auto& interpreter : process.interpreters) {
    for (const RawThread& thread : interpreter.threads) {
      if (!found.contains(thread.address) && is_pthread(thread.thread_id)) {
        threads.push_back(&thread);
      }
    }
  }
  return threads;
}

// The tid at each offset of one struct pthread, 0 where there is no thread of that number.
std::vector<Tid> candidates(const memory::MemorySource& memory, Address pthread,
                            const std::unordered_map<Tid, Tid>& by_inner) {
  std::vector<std::int32_t> words(kSearched / 4);
  std::vector<Tid> tids(words.size(), 0);
  if (!memory.read(pthread, std::as_writable_bytes(std::span(words)))) {
    return {};
  }
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto known = by_inner.find(words[i]);
    tids[i] = known == by_inner.end() ? 0 : known->second;
  }
  return tids;
}

// How many of the tables hold the number of a thread at that offset, each another one; 0 when two hold the same.
std::size_t count_distinct(const std::vector<std::vector<Tid>>& tables, std::size_t offset) {
  std::vector<Tid> seen;
  for (const auto& table : tables) {
    if (!table.empty() && table[offset] != 0) {
      seen.push_back(table[offset]);
    }
  }
  std::ranges::sort(seen);
  return std::ranges::adjacent_find(seen) == seen.end() ? seen.size() : 0;
}

// The offset at which the most structs hold the number of a thread: all of them, but for threads that come and go
// while memory is read.
std::optional<std::size_t> common_offset(const std::vector<std::vector<Tid>>& tables) {
  constexpr std::size_t kGlibc = 0x2d0 / 4;
  std::size_t best = kGlibc;
  std::size_t best_count = count_distinct(tables, kGlibc);
  for (std::size_t i = 0; i < kSearched / 4 && best_count < tables.size(); ++i) {
    if (const std::size_t count = count_distinct(tables, i); count > best_count) {
      best = i;
      best_count = count;
    }
  }
  return best_count * 2 >= tables.size() && best_count > 0 ? std::optional(best) : std::nullopt;
}

void match_by_pthread(const std::vector<const RawThread*>& threads, const memory::MemorySource& memory,
                      const std::unordered_map<Tid, Tid>& by_inner, std::unordered_map<Address, Tid>& found) {
  // Several interpreters' states of one thread have one pthread_t.
  std::unordered_map<std::uint64_t, std::size_t> table_of;
  std::vector<std::vector<Tid>> tables;
  for (const RawThread* thread : threads) {
    if (table_of.try_emplace(thread->thread_id, tables.size()).second) {
      tables.push_back(candidates(memory, thread->thread_id, by_inner));
    }
  }
  const auto offset = common_offset(tables);
  for (const RawThread* thread : threads) {
    const auto& table = tables[table_of[thread->thread_id]];
    if (offset && !table.empty() && table[*offset] != 0) {
      found[thread->address] = table[*offset];
    }
  }
}

// What threads call themselves: the interpreter's native_thread_id (3.11+) and the C library's own in struct pthread.
class OwnNumbers {
 public:
  OwnNumbers(const cpython::RawProcess& process, const memory::MemorySource& memory,
             const std::vector<target::ThreadInfo>& threads)
      : memory_(memory) {
    std::unordered_map<Tid, Tid> by_inner;
    for (const auto& thread : threads) {
      by_inner.emplace(thread.inner_tid, thread.tid);
    }
    std::vector<std::vector<Tid>> tables;
    std::unordered_set<std::uint64_t> seen;
    for (const auto& interpreter : process.interpreters) {
      for (const RawThread& thread : interpreter.threads) {
        if (is_pthread(thread.thread_id) && seen.insert(thread.thread_id).second) {
          tables.push_back(candidates(memory, thread.thread_id, by_inner));
        }
      }
    }
    offset_ = common_offset(tables);
  }

  [[nodiscard]] std::optional<Tid> of_library(const RawThread& thread) const {
    const auto word = offset_ && is_pthread(thread.thread_id)
                          ? memory_.get<std::int32_t>(thread.thread_id + *offset_ * 4)
                          : memory::Read<std::int32_t>(std::unexpected(memory::Fault{}));
    return word ? std::optional<Tid>(*word) : std::nullopt;
  }

  // What a thread calls itself where that is beyond doubt: nobody contradicts it.
  [[nodiscard]] std::optional<Tid> agreed(const RawThread& thread) const {
    const auto library = of_library(thread);
    if (library && thread.native_id && *library != *thread.native_id) {
      return std::nullopt;
    }
    return thread.native_id ? thread.native_id : library;
  }

 private:
  const memory::MemorySource& memory_;
  std::optional<std::size_t> offset_;  // of the tid in struct pthread, in words of four bytes
};

}  // namespace

std::vector<std::string> doubtful_matches(const cpython::RawProcess& process, const target::Target& target,
                                          const std::vector<target::ThreadInfo>& threads,
                                          const std::unordered_map<Address, Tid>& found) {
  std::vector<std::string> doubts;
  if (!target.lifeless()) {
    return doubts;
  }
  const OwnNumbers numbers(process, target.memory(), threads);
  bool same_numbering = false;  // gcore from outside of a container numbers threads in another way than they do
  struct Doubt {
    Tid told = 0;
    Tid own = 0;
  };
  std::vector<Doubt> contradicted;
  for (const auto& interpreter : process.interpreters) {
    for (const RawThread& thread : interpreter.threads) {
      const auto own = numbers.agreed(thread);
      const auto match = found.find(thread.address);
      same_numbering =
          same_numbering || (own && (own == target.source().pid || (match != found.end() && own == match->second)));
      if (match != found.end() && own && *own != match->second) {
        contradicted.push_back({.told = match->second, .own = *own});
      } else if (match == found.end() && !thread.chain.frames.empty()) {
        doubts.push_back(fmt::format("the core has no thread for a Python thread{}: its notes may be damaged",
                                     own ? fmt::format(" (which called itself {})", *own) : ""));
      }
    }
  }
  for (const Doubt& doubt : contradicted) {
    if (same_numbering) {
      doubts.push_back(
          fmt::format("the core calls a thread {} that called itself {} in its own memory: the notes of the core may "
                      "be damaged",
                      doubt.told, doubt.own));
    }
  }
  return doubts;
}

std::unordered_map<Address, Tid> match_threads(const cpython::RawProcess& process, const target::Target& target,
                                               const memory::MemorySource& memory,
                                               const std::vector<target::ThreadInfo>& threads) {
  std::unordered_map<Tid, Tid> by_inner;
  for (const auto& thread : threads) {
    by_inner.emplace(thread.inner_tid, thread.tid);
  }
  std::unordered_map<Address, Tid> found;
  for (const auto& interpreter : process.interpreters) {
    for (const RawThread& thread : interpreter.threads) {
      const auto known = thread.native_id ? by_inner.find(*thread.native_id) : by_inner.end();
      if (known != by_inner.end()) {
        found.emplace(thread.address, known->second);
      }
    }
  }
  auto rest = unmatched(process, found);
  if (!rest.empty() && target.lifeless()) {
    std::unordered_map<Address, Tid> by_pointer;
    for (const auto& thread : threads) {
      if (const auto registers = target.registers(thread.tid)) {
        by_pointer.emplace(registers->thread_pointer, thread.tid);
      }
    }
    for (const RawThread* thread : rest) {
      if (const auto known = by_pointer.find(thread->thread_id); known != by_pointer.end()) {
        found.emplace(thread->address, known->second);
      }
    }
    rest = unmatched(process, found);
  }
  if (!rest.empty()) {
    match_by_pthread(rest, memory, by_inner, found);
  }
  return found;
}

}  // namespace stillframe::resolve
