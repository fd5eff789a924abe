#include "photograph/native_ids.h"

#include <algorithm>

namespace stillframe::photograph {
namespace {

using cpython::Address;
using cpython::RawThread;
using target::Tid;

// glibc keeps the tid at 0x2d0 of struct pthread on x86-64 and near there elsewhere, musl at 0x30.
constexpr std::size_t kSearched = 2048;

std::vector<const RawThread*> unmatched(const cpython::RawProcess& process,
                                        const std::unordered_map<Address, Tid>& found) {
  std::vector<const RawThread*> threads;
  for (const auto& interpreter : process.interpreters) {
    for (const RawThread& thread : interpreter.threads) {
      if (!found.contains(thread.address) && thread.thread_id >= 4096 && thread.thread_id % 8 == 0) {
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

}  // namespace

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

}  // namespace stillframe::photograph
