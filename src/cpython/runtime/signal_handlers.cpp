#include "cpython/runtime/signal_handlers.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "cpython/values/members.h"

namespace stillframe::cpython {
namespace {

using model::InterruptHandler;

// An entry of the table is {int tripped; PyObject* func} in all versions; it has one for each signal below NSIG.
constexpr std::size_t kEntry = 16;
constexpr std::size_t kSignals = 65;
constexpr std::size_t kInterrupt = 2;
// Real-time signals that hardly anybody handles: what is looked for first.
constexpr std::size_t kQuiet = 40;
// Of the entries so many are expected to stand for the kernel's default.
constexpr std::ptrdiff_t kMostlyDefault = 40;
constexpr std::uint64_t kMostData = std::uint64_t{8} << 20U;

std::optional<Address> signal_module(const Objects& objects, Address interpreter) {
  const auto modules = objects.pointer(interpreter, objects.layout().interpreter.modules);
  for (const std::string_view name : {"_signal", "signal"}) {
    const auto module = modules && *modules != 0 ? objects.lookup(*modules, name) : std::nullopt;
    const auto dict = module ? objects.pointer(*module, objects.layout().module.dict) : std::nullopt;
    if (dict && *dict != 0) {
      return dict;
    }
  }
  return std::nullopt;
}

Address word_at(const std::vector<std::byte>& bytes, std::size_t at) {
  Address word = 0;
  std::memcpy(&word, bytes.data() + at, sizeof(word));
  return word;
}

// Whether a table of handlers begins there: no entry for signal 0, one for each other, most of them the default.
bool is_table(const std::vector<std::byte>& bytes, std::size_t at, Address by_default) {
  std::ptrdiff_t defaults = 0;
  for (std::size_t i = 0; i < kSignals; ++i) {
    std::uint32_t tripped = 0;
    std::memcpy(&tripped, bytes.data() + at + i * kEntry, sizeof(tripped));
    const Address handler = word_at(bytes, at + i * kEntry + sizeof(Address));
    if (tripped > 1 || (handler == 0) != (i == 0)) {
      return false;
    }
    defaults += handler == by_default ? 1 : 0;
  }
  return defaults >= kMostlyDefault;
}

// The handlers of SIGINT in all such tables.
std::vector<Address> interrupt_entries(const std::vector<std::byte>& bytes, Address by_default) {
  std::vector<Address> found;
  constexpr std::size_t quiet = kQuiet * kEntry + sizeof(Address);
  for (std::size_t at = 0; at + kSignals * kEntry <= bytes.size(); at += sizeof(Address)) {
    if (word_at(bytes, at + quiet) == by_default && word_at(bytes, at + quiet + kEntry) == by_default &&
        is_table(bytes, at, by_default)) {
      found.push_back(word_at(bytes, at + kInterrupt * kEntry + sizeof(Address)));
    }
  }
  return found;
}

// asyncio.Runner._on_sigint behind a functools.partial (Lib/asyncio/runners.py).
bool is_of_asyncio(const Objects& objects, Address handler) {
  const auto type_name = [&](Address object) {
    const auto type = objects.type_of(object);
    return type ? objects.type_name(*type) : std::nullopt;
  };
  if (type_name(handler) != "functools.partial") {
    return false;
  }
  constexpr std::uint32_t name_of_function = 2;  // behind its globals and builtins, 3.10+
  const auto method = part(objects, handler, 0);
  const auto function = method && type_name(*method) == "method" ? part(objects, *method, 0) : std::nullopt;
  const auto name =
      function && type_name(*function) == "function" ? part(objects, *function, name_of_function) : std::nullopt;
  return name && objects.text(*name) == "_on_sigint";
}

// Where the interpreter keeps its variables: the writable mappings of its file, and what follows them without a file.
std::vector<const target::Mapping*> data_of(std::span<const target::Mapping> mappings, Address inside) {
  std::vector<const target::Mapping*> found;
  const target::Mapping* home = target::mapping_at(mappings, inside);
  if (home == nullptr) {
    return found;
  }
  const target::Mapping* before = nullptr;
  for (const target::Mapping& one : mappings) {
    const bool of_file = home->inode != 0 && one.inode == home->inode && one.device == home->device;
    const bool behind = before != nullptr && one.inode == 0 && one.begin == before->end;
    if (one.readable && one.writable && (of_file || behind || &one == home)) {
      found.push_back(&one);
    }
    before = of_file || behind ? &one : nullptr;
  }
  return found;
}

}  // namespace

InterruptHandler interrupt_handler(const target::Target& target, const Objects& objects, const Runtime& runtime,
                                   Address interpreter) {
  const auto module = signal_module(objects, interpreter);
  const auto usual = module ? objects.lookup(*module, "default_int_handler") : std::nullopt;
  const auto by_default = module ? objects.lookup(*module, "SIG_DFL") : std::nullopt;
  const Address inside = runtime.runtime != 0 ? runtime.runtime : runtime.interpreters_head_at;
  if (!usual || !by_default || inside == 0) {
    return InterruptHandler::unknown;
  }
  std::vector<Address> handlers;
  for (const target::Mapping* mapping : data_of(target.mappings(), inside)) {
    const std::uint64_t size = mapping->end - mapping->begin;
    std::vector<std::byte> bytes(size <= kMostData ? size : 0);
    if (!bytes.empty() && target.memory().read(mapping->begin, bytes)) {
      std::ranges::copy(interrupt_entries(bytes, *by_default), std::back_inserter(handlers));
    }
  }
  if (handlers.size() != 1) {
    return InterruptHandler::unknown;
  }
  return handlers.front() == *usual                 ? InterruptHandler::usual
         : is_of_asyncio(objects, handlers.front()) ? InterruptHandler::asyncio
                                                    : InterruptHandler::own;
}

}  // namespace stillframe::cpython
