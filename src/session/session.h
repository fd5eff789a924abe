// One target that is looked at more than once: what was found out of it and stays true from look to look.
#pragma once

#include <memory>
#include <optional>

#include "binary/native_symbols.h"
#include "cpython/runtime/runtime.h"
#include "cpython/stacks/code.h"
#include "memory/captured_memory.h"
#include "model/result.h"
#include "native/modules.h"
#include "native/names.h"
#include "target/target.h"

namespace stillframe::session {

struct Options {
  bool exhaustive = false;       // search memory for interpreters even where a symbol leads to them
  bool accept_unknown = false;   // a program without Python, or with one that no table describes, is no error
  binary::FetchDebugFile fetch;  // where native frames lack names; may be empty
};

// Keeps the interpreter's place and layout, code objects, modules and the names of their functions, and the copy of one
// moment with the pages that the last look needed. refresh() drops what is no longer true.
//
// Belongs to one thread: the kernel lets only the thread that stopped a target read its registers.
class Session {
 public:
  // Finds the interpreter. The target must outlive the session.
  static Result<std::unique_ptr<Session>> open(target::Target& target, Options options);
  // Of an interpreter that the caller has found.
  static std::unique_ptr<Session> of(target::Target& target, cpython::Runtime runtime, Options options);

  // Called before each look but the first: follows a target that has loaded or unloaded libraries, or has become
  // another program (exec). Fails where the process has ended, or is no Python any more. `native`: native code will be
  // named, so every mapping is compared.
  Result<target::Change> refresh(bool native);

  [[nodiscard]] const Options& options() const { return options_; }
  // Who fetches debug files from now on.
  void set_fetch(const binary::FetchDebugFile& fetch);

  [[nodiscard]] target::Target& target() { return target_; }
  [[nodiscard]] const target::Target& target() const { return target_; }
  [[nodiscard]] const cpython::Runtime& runtime() const { return runtime_; }
  // The copy of the moment that is looked at; a look clears it.
  [[nodiscard]] memory::CapturedMemory& memory() { return memory_; }
  // Reads from memory().
  [[nodiscard]] const cpython::Objects& objects() const { return *objects_; }
  [[nodiscard]] cpython::CodeCache& codes() { return *codes_; }
  [[nodiscard]] native::Modules& modules() { return native_->modules; }
  [[nodiscard]] native::Names& names() { return native_->names; }

 private:
  // Code and unwind rules do not change as long as a file is mapped: read when they are needed, and kept apart from the
  // copy of one moment.
  struct Native {
    Native(const target::Target& target, const cpython::Runtime& runtime, const binary::FetchDebugFile& fetch);
    memory::CapturedMemory code;
    native::Modules modules;
    native::Names names;
  };

  Session(target::Target& target, Options options)
      : target_(target), options_(std::move(options)), memory_(target.memory()) {}

  Result<void> discover();
  void begin(cpython::Runtime runtime);
  void begin_native();

  target::Target& target_;
  Options options_;
  memory::CapturedMemory memory_;
  cpython::Runtime runtime_;
  std::optional<cpython::Objects> objects_;
  std::optional<cpython::CodeCache> codes_;
  std::unique_ptr<Native> native_;
};

}  // namespace stillframe::session
