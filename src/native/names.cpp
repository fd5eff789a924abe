#include "native/names.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "native/code_patterns.h"
#include "native/trampoline_frames.h"

namespace stillframe::native {
namespace {

// Python/generated_cases.c.h of 3.14, built with --with-tail-call-interp.
constexpr std::string_view kHandler = "_TAIL_CALL_";
constexpr std::uint64_t kLargestVdso = 65536;
// The evaluation loop is by far the largest function of an interpreter (20 to 60 KB); this tells it where there are no
// symbols at all.
constexpr std::uint64_t kSmallestLoop = 12'000;

Address lookup_pc(const RawNativeFrame& frame) {
  return frame.after_call && !frame.signal ? frame.pc - 1 : frame.pc;
}

}  // namespace

Names::Names(const target::Target& target, Modules& modules, const cpython::Dialect& dialect, Address python_data,
             binary::FetchDebugFile fetch)
    : target_(target),
      modules_(modules),
      loop_(dialect.runtime.evaluation_loop),
      python_(modules.owner_of(python_data)),
      fetch_(std::move(fetch)) {}

std::unique_ptr<binary::NativeSymbols> Names::open(const Module& module) const {
  const target::Mapping& mapping = module.first_mapping();
  if (module.is_vdso()) {
    std::vector<std::byte> image(std::min(mapping.end - mapping.begin, kLargestVdso));
    if (!modules_.code().read(mapping.begin, image)) {
      return nullptr;
    }
    return binary::NativeSymbols::from_bytes(std::move(image), module.path());
  }
  const auto file = target_.open_mapped(mapping);
  if (!file) {
    return nullptr;
  }
  const auto open_source = [this](const std::string& path) {
    const auto source = target_.open_file(path);
    struct stat status{};
    const bool read = source && fstat(source->fd(), &status) == 0 &&
                      target_.file_budget()->take(static_cast<std::uint64_t>(std::max<off_t>(status.st_size, 0)), path);
    return read ? dup(source->fd()) : -1;
  };
  return binary::NativeSymbols::open(file->fd(), module.path(),
                                     {.debug_file = opener_of(target_),
                                      .source = open_source,
                                      .access = file_access(target_.host()),
                                      .budget = target_.file_budget()},
                                     fetch_);
}

binary::NativeSymbols* Names::symbols_of(const Module& module) {
  const auto [at, fresh] = symbols_.try_emplace(&module);
  if (fresh) {
    at->second = open(module);
  }
  return at->second.get();
}

std::vector<std::string> Names::cut_files() const {
  std::vector<std::string> files;
  for (const auto& [module, symbols] : symbols_) {
    if (symbols != nullptr && symbols->was_cut()) {
      files.push_back(module->path());
    }
  }
  return files;
}

const std::vector<binary::NativeCall>& Names::calls(const RawNativeFrame& frame) {
  const bool after_call = frame.after_call && !frame.signal;
  const auto [at, fresh] = calls_[after_call ? 1 : 0].try_emplace(frame.pc);
  if (fresh && frame.module != nullptr) {
    if (auto* symbols = symbols_of(*frame.module)) {
      at->second = symbols->calls_at(frame.module->linked(frame.pc), after_call);
    }
  }
  return at->second;
}

// Assembly has symbols without a size, and of a stripped library only those that it exports are left: the nearest one
// may belong to another function. Then what has led here tells: the call, or that the thread begins here.
bool Names::is_another(const NativeStack& stack, std::size_t index) {
  const RawNativeFrame& frame = stack.frames[index];
  auto* symbols = frame.module != nullptr ? symbols_of(*frame.module) : nullptr;
  const Address pc = lookup_pc(frame);
  const auto function = symbols != nullptr ? symbols->function_at(frame.module->linked(pc)) : std::nullopt;
  if (!function || function->certain) {
    return false;
  }
  if (index + 1 == stack.frames.size()) {
    return ends_thread(modules_.code(), frame.pc);
  }
  const auto called = modules_.called_function(stack.frames[index + 1].pc);
  return called && *called <= pc && frame.module->linked(*called) > function->begin;
}

const std::vector<binary::NativeCall>& Names::calls(const NativeStack& stack, std::size_t index) {
  static const std::vector<binary::NativeCall> unknown;
  return is_another(stack, index) ? unknown : calls(stack.frames[index]);
}

std::optional<Modules::Range> Names::function_at(Module& module, Address pc) {
  auto* symbols = symbols_of(module);
  const Address bias = pc - module.linked(pc);
  const auto function = symbols != nullptr ? symbols->function_at(pc - bias) : std::nullopt;
  if (!function || !function->certain) {
    return std::nullopt;
  }
  return Modules::Range{.begin = function->begin + bias, .end = function->end + bias};
}

bool Names::in_python(const RawNativeFrame& frame) const {
  return frame.module != nullptr && frame.module == python_;
}

bool Names::is_plumbing(const RawNativeFrame& frame, std::string_view function) const {
  if (in_python(frame)) {
    return function.empty() || native::is_plumbing(function);
  }
  return starts_programs(function);
}

bool Names::is_loop(std::string_view function) const {
  // Compilers add suffixes (.cold, .constprop.0).
  return function.starts_with(loop_) || function.starts_with(kHandler);
}

LoopPart Names::part_of(const RawNativeFrame& frame) {
  const Address pc = lookup_pc(frame);
  const auto [at, fresh] = parts_.try_emplace(pc, LoopPart::none);
  if (!fresh || !in_python(frame)) {
    return at->second;
  }
  auto* symbols = symbols_of(*frame.module);
  const auto function = symbols != nullptr ? symbols->function_at(frame.module->linked(pc)) : std::nullopt;
  if (function) {
    if (is_loop(function->linkage_name)) {
      at->second = function->linkage_name.starts_with(kHandler) ? LoopPart::handler : LoopPart::loop;
    }
    return at->second;
  }
  const auto* row = modules_.row_at(pc);
  if (row != nullptr && row->end - row->begin >= kSmallestLoop) {
    at->second = LoopPart::loop;
  }
  return at->second;
}

std::vector<LoopPart> Names::parts(const NativeStack& stack) {
  std::vector<LoopPart> parts;
  parts.reserve(stack.frames.size());
  for (const RawNativeFrame& frame : stack.frames) {
    parts.push_back(part_of(frame));
  }
  // Code of the interpreter's own compiler (3.13+) lies in anonymous memory and is called by the loop.
  for (std::size_t i = stack.frames.size(); i-- > 1;) {
    if (parts[i] != LoopPart::none && stack.frames[i - 1].module == nullptr && parts[i - 1] == LoopPart::none) {
      parts[i - 1] = LoopPart::handler;
    }
  }
  return parts;
}

}  // namespace stillframe::native
