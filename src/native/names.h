// What the addresses of native frames are called, and what they are to the interpreter.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "binary/native_symbols.h"
#include "cpython/dialects/layout.h"
#include "native/merge.h"
#include "native/modules.h"

namespace stillframe::native {

class Names {
 public:
  // `python_data` is any address in the data of the file that the interpreter is in; 0 where none is known.
  // `fetch` may be empty; see binary/native_symbols.h.
  Names(const target::Target& target, Modules& modules, cpython::PythonVersion version, Address python_data,
        binary::FetchDebugFile fetch);

  void set_fetch(binary::FetchDebugFile fetch) { fetch_ = std::move(fetch); }
  // The calls that a frame of a stack stands for, innermost first; empty when nothing is known. Valid as long as this
  // object.
  const std::vector<binary::NativeCall>& calls(const NativeStack& stack, std::size_t index);
  // What each frame of a stack is to the interpreter.
  std::vector<LoopPart> parts(const NativeStack& stack);
  // Whether a function's name is that of the evaluation loop, or of what runs in its place.
  [[nodiscard]] bool is_loop(std::string_view function) const;
  // Whether a frame lies in the file that holds the interpreter.
  [[nodiscard]] bool in_python(const RawNativeFrame& frame) const;
  // Whether a call of a frame is only the interpreter's or the C library's way to the next one.
  [[nodiscard]] bool is_plumbing(const RawNativeFrame& frame, std::string_view function) const;
  // The files that became shorter while they were read, as the target names them: what lies in them has no names.
  [[nodiscard]] std::vector<std::string> cut_files() const;
  // The function's range by symbols, in the target.
  std::optional<Modules::Range> function_at(Module& module, Address pc);

 private:
  binary::NativeSymbols* symbols_of(const Module& module);
  std::unique_ptr<binary::NativeSymbols> open(const Module& module) const;
  [[nodiscard]] LoopPart part_of(const RawNativeFrame& frame);
  const std::vector<binary::NativeCall>& calls(const RawNativeFrame& frame);
  [[nodiscard]] bool is_another(const NativeStack& stack, std::size_t index);

  const target::Target& target_;
  Modules& modules_;
  cpython::PythonVersion version_;
  const Module* python_ = nullptr;
  binary::FetchDebugFile fetch_;
  std::map<const Module*, std::unique_ptr<binary::NativeSymbols>> symbols_;
  std::unordered_map<Address, std::vector<binary::NativeCall>> calls_[2];  // by pc: exact ones, return addresses
  std::unordered_map<Address, LoopPart> parts_;
};

}  // namespace stillframe::native
