#include "cpython/stacks/exceptions.h"

#include <algorithm>
#include <array>

#include "cpython/stacks/frames.h"

namespace stillframe::cpython {
namespace {

constexpr std::uint32_t kWord = sizeof(Address);
// Blocks that handle exceptions within one another, generators included.
constexpr std::uint64_t kMostHandlers = 10'000;
// Where handlers are deeper than this, a person has seen enough.
constexpr std::size_t kMostShown = 100;
// Of a traceback; the default recursion limit is 1000.
constexpr std::uint64_t kMostCalls = 10'000;

// An address that may be one of an object.
bool leads_somewhere(const Objects& objects, Address object) {
  const auto type = objects.type_of(object);
  // In 2.7 and 3.6 None stands for no exception, and so it does in exc_info of later versions.
  return type && objects.type_name(*type) != "NoneType";
}

// PyTracebackObject (Include/cpython/traceback.h; 2.7: Include/traceback.h): tb_next, tb_frame behind the head. The
// first one is the call that the exception has come to.
Address frame_of_traceback(const Objects& objects, Address traceback) {
  const Layout& layout = objects.layout();
  const std::uint32_t head = layout.object.type.value() + kWord;
  const Address frame = traceback == 0 ? 0 : objects.pointer(traceback, head + kWord).value_or(0);
  if (frame == 0 || !objects.dialect().frames.interpreter_frames) {
    return frame;
  }
  return objects.pointer(frame, layout.frame_object.frame).value_or(0);
}

// The code object of a frame object: it is kept there, or in the interpreter frame behind it, whose pointers may carry
// a tag.
std::optional<Address> code_of_frame(const Objects& objects, Address frame) {
  const Layout& layout = objects.layout();
  if (!objects.dialect().frames.interpreter_frames) {
    return objects.pointer(frame, layout.frame_object.code);
  }
  const auto inner = objects.pointer(frame, layout.frame_object.frame);
  const auto code = inner ? objects.pointer(*inner, layout.frame.executable) : std::nullopt;
  return code ? std::optional(*code & ~Address{3}) : std::nullopt;
}

class Finder {
 public:
  Finder(const Objects& objects, Address thread)
      : objects_(objects), thread_(thread), layout_(objects.layout()), dialect_(objects.dialect().exceptions) {}

  std::vector<ExceptionInFlight> find() {
    const auto raised = objects_.pointer(thread_, layout_.thread.current_exception);
    if (raised) {
      const Address traceback =
          dialect_.traceback_in_thread ? word(thread_ + layout_.thread.current_exception.value() + kWord) : 0;
      add(*raised, traceback, false);
    }
    if (layout_.thread.exc_info.present()) {
      follow_stack();
    } else if (layout_.thread.current_exception.present()) {
      // To 3.6 exc_value and exc_traceback stand three words behind curexc_value and curexc_traceback.
      const Address at = thread_ + layout_.thread.current_exception.value() + std::uint64_t{3} * kWord;
      add(word(at), word(at + kWord), true);
    }
    return std::move(found_);
  }

 private:
  [[nodiscard]] Address word(Address at) const { return objects_.memory().get<Address>(at).value_or(0); }

  void add(Address exception, Address traceback, bool handled) {
    if (!leads_somewhere(objects_, exception) ||
        std::ranges::find(found_, exception, &ExceptionInFlight::exception) != found_.end()) {
      return;
    }
    if (traceback == 0 && dialect_.chained) {
      traceback = exception_parts(objects_, exception).traceback;
    }
    found_.push_back({.exception = exception,
                      .traceback = traceback,
                      .frame = frame_of_traceback(objects_, traceback),
                      .handled = handled});
  }

  void follow_stack() {
    ChainGuard guard(kMostHandlers);
    Address item = objects_.pointer(thread_, layout_.thread.exc_info).value_or(0);
    while (item != 0 && guard.step(item) && found_.size() < kMostShown) {
      add(word(item + Address{dialect_.handled_exception} * kWord), 0, true);
      item = word(item + Address{dialect_.handled_previous} * kWord);
    }
  }

  const Objects& objects_;
  Address thread_;
  const Layout& layout_;
  const ExceptionDialect& dialect_;
  std::vector<ExceptionInFlight> found_;
};

}  // namespace

// PyBaseExceptionObject (Include/cpython/pyerrors.h): dict, args, from 3.11 on notes, traceback, context, cause,
// suppress_context.
ExceptionParts exception_parts(const Objects& objects, Address exception) {
  const Layout& layout = objects.layout();
  const Address words = exception + layout.object.type.value() + kWord;
  const auto word = [&](std::uint32_t index) {
    return objects.memory().get<Address>(words + std::uint64_t{index} * kWord).value_or(0);
  };
  if (!objects.dialect().exceptions.chained) {
    return {.args = word(1)};
  }
  const std::uint32_t first = objects.dialect().exceptions.word_of_traceback;
  return {.args = word(1),
          .traceback = word(first),
          .context = word(first + 1),
          .cause = word(first + 2),
          .suppress_context = (word(first + 3) & 0xffU) != 0};
}

std::vector<TracebackCall> traceback_calls(const Objects& objects, CodeCache& codes, Address traceback) {
  const Layout& layout = objects.layout();
  const std::uint32_t head = layout.object.type.value() + kWord;
  std::vector<TracebackCall> calls;
  ChainGuard guard(kMostCalls);
  // tb_next, tb_frame, then the ints tb_lasti and tb_lineno; from 3.12 on the line is -1 until somebody asks for it
  // (Python/traceback.c).
  while (traceback != 0 && guard.step(traceback)) {
    const Address frame = objects.pointer(traceback, head + kWord).value_or(0);
    const auto place = objects.memory().get<std::array<std::int32_t, 2>>(traceback + head + Address{2} * kWord);
    const auto code = frame == 0 ? std::nullopt : code_of_frame(objects, frame);
    const Code* found = code && place ? codes.find(*code) : nullptr;
    if (found == nullptr) {
      break;
    }
    calls.push_back({.code = found, .lasti = (*place)[0]});
    if ((*place)[1] > 0) {
      calls.back().line = (*place)[1];
    }
    traceback = objects.pointer(traceback, head).value_or(0);
  }
  return calls;
}

Address last_exception(const Objects& objects, Address interpreter) {
  const auto dict = objects.pointer(interpreter, objects.layout().interpreter.sysdict);
  for (const char* name : {"last_exc", "last_value"}) {
    const auto found = dict ? objects.lookup(*dict, name) : std::nullopt;
    if (found && leads_somewhere(objects, *found)) {
      return *found;
    }
  }
  return 0;
}

std::vector<ExceptionInFlight> exceptions_in_flight(const Objects& objects, Address thread) {
  return Finder(objects, thread).find();
}

}  // namespace stillframe::cpython
