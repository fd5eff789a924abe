// Deaths by abort(): a C++ exception that nobody caught, a panic, a fatal error of the interpreter, what the C library
// found, or the program's own wish.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <csignal>

#include "diagnose/death.h"
#include "diagnose/list.h"

namespace stillframe::diagnose {
namespace {

using model::Crash;
using model::Finding;

bool says(const Crash& crash, std::string_view text) {
  return crash.abort_message && crash.abort_message->contains(text);
}

// What malloc and free of glibc say of a heap that makes no sense (malloc/malloc.c).
bool is_of_heap(const Crash& crash) {
  constexpr std::array kWords{
      std::string_view("free()"),         std::string_view("malloc"),    std::string_view("realloc()"),
      std::string_view("double free"),    std::string_view("corrupted"), std::string_view("munmap_chunk()"),
      std::string_view("mremap_chunk()"), std::string_view("calloc()"),
  };
  return std::ranges::any_of(kWords, [&](std::string_view word) { return says(crash, word); });
}

// What an exception on its way to std::terminate() passes through.
constexpr std::array kThrowing{
    std::string_view("__cxa_throw"),          std::string_view("__cxa_rethrow"),
    std::string_view("__cxa_call_terminate"), std::string_view("std::rethrow_exception"),
    std::string_view("__gxx_personality"),
};

class AbortExplainer {
 public:
  explicit AbortExplainer(const model::Still& still)
      : still_(still), crash_(*still.crash), who_(who_died(still)), where_(where_died(crash_)) {}

  Finding explain() {
    Finding finding = choose();
    finding.evidence.insert(finding.evidence.begin(), "the process sent itself SIGABRT, as abort() does");
    if (crash_.abort_message) {
      finding.evidence.push_back(fmt::format("the C library kept its message: {}", *crash_.abort_message));
    }
    return finding;
  }

 private:
  [[nodiscard]] Finding make(std::string id, const std::string& what, std::vector<std::string> advice) const {
    Finding finding = make_death(still_, std::move(id), fmt::format("{} {}", who_, what));
    finding.advice = std::move(advice);
    return finding;
  }

  Finding choose() {
    if (runs(crash_, "std::terminate") || runs(crash_, "__cxxabiv1::__terminate")) {
      return terminate();
    }
    if (runs(crash_, "rust_panic") || runs(crash_, "std::panicking::") || runs(crash_, "__rust_start_panic")) {
      return panic();
    }
    if (runs(crash_, "_Py_FatalError") || runs(crash_, "Py_FatalError")) {
      return fatal_error();
    }
    if (crash_.abort_message) {
      return message();
    }
    return make("abort", "called abort()" + where_, {"look at who called it: libraries say why on standard error"});
  }

  Finding terminate() {
    if (!crash_.cpp_exception) {
      return make(
          "cpp-terminate",
          "died in std::terminate(): no C++ exception is known to have been in flight" + caller({"std::terminate"}),
          {"a std::thread that was neither joined nor detached, or a pure virtual call, ends so as well"});
    }
    const auto& exception = *crash_.cpp_exception;
    const std::string what = exception.what ? fmt::format("(\"{}\")", *exception.what) : "";
    Finding finding =
        make("cpp-terminate",
             fmt::format("died of a C++ exception that nobody caught: {}{}{}", exception.type, what,
                         caller({"__cxa_throw"})),
             {"catch it where C++ is called from C or Python (pybind11, Cython's `except +`), and let none out of a "
              "destructor, a noexcept function or a thread"});
    finding.evidence.emplace_back("the runtime's own record of the thread has that exception as the one being handled");
    const auto is_thrown = [&](std::string_view function) { return runs(crash_, function); };
    if (!std::ranges::any_of(kThrowing, is_thrown)) {
      finding.severity = model::Severity::likely;
      finding.detail =
          "that it is the reason: the stack shows no throw, so it may be an earlier one, which was being handled when "
          "std::terminate() was called";
    }
    return finding;
  }

  Finding panic() {
    return make("rust-panic",
                "died of a panic in Rust that nobody caught" +
                    caller({"rust_", "__rust", "std::panicking", "core::panicking", "core::result", "core::option"}),
                {"the message went to standard error; a panic must not leave a function that C calls: "
                 "std::panic::catch_unwind, or PyO3's wrappers"});
  }

  Finding fatal_error() {
    std::string text = crash_.fatal_message ? fmt::format(": {}", *crash_.fatal_message) : "";
    text = crash_.fatal_function ? fmt::format(": {}{}", *crash_.fatal_function, text) : text;
    return make("fatal-error",
                fmt::format("died of a fatal error of Python{}{}", text,
                            caller({"_Py_Fatal", "Py_Fatal", "fatal_error", "_Py_EnsureFuncTstateNotNULL"})),
                {"most often C code called Python's API without holding the GIL (PyGILState_Ensure, or keep "
                 "ctypes.PyDLL for functions that use the API), or broke an object's reference count"});
  }

  Finding message() {
    const std::string& text = *crash_.abort_message;
    const std::string where =
        caller({"__libc_message", "malloc_printerr", "_int_free", "_int_malloc", "__assert_fail", "__GI___assert_fail",
                "__fortify_fail", "__GI___fortify_fail", "__chk_fail", "__GI___chk_fail", "__stack_chk_fail"});
    if (says(crash_, "Assertion `")) {
      return make("assertion", fmt::format("died of a failed assertion: {}{}", text, where),
                  {"the condition is what the library takes for granted of its caller, or a mistake of its own"});
    }
    if (says(crash_, "stack smashing")) {
      return make("stack-smashing",
                  fmt::format("died because a function wrote beyond an array on its stack: {}{}", text, where),
                  {"look for a buffer of fixed size in that function, or one that ctypes passed to it too small"});
    }
    if (says(crash_, "buffer overflow")) {
      return make("buffer-overflow", fmt::format("died because a copy was longer than its buffer: {}{}", text, where),
                  {"look at the lengths in the call; ctypes buffers must be as large as the function may write"});
    }
    if (is_of_heap(crash_)) {
      return make(
          "heap-corruption", fmt::format("died because the heap is broken: {}{}", text, where),
          {"the call that died only found it; the mistake was made earlier: freed twice, or written beyond the end of "
           "a block",
           "valgrind, or AddressSanitizer with PYTHONMALLOC=malloc, show where"});
    }
    return make("abort", fmt::format("died with the message: {}{}", text, where), {});
  }

  // Who led there: ", in parse in libfoo.so, called from …".
  [[nodiscard]] std::string caller(std::initializer_list<std::string_view> functions) const {
    const auto* frame = caller_of(crash_, functions);
    return frame == nullptr ? where_ : where_of(crash_, *frame);
  }

  const model::Still& still_;
  const Crash& crash_;
  std::string who_;
  std::string where_;
};

}  // namespace

void find_aborts(const model::Still& still, Findings& findings) {
  const bool itself = still.crash && (killed_itself(still) || !still.crash->sender_pid);
  if (itself && still.crash->signal == SIGABRT) {
    findings.push_back(AbortExplainer(still).explain());
  }
}

}  // namespace stillframe::diagnose
