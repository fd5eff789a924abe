#include "postmortem/exception_facts.h"

#include <algorithm>
#include <unordered_map>

#include "cpython/stacks/exceptions.h"
#include "cpython/values/printer.h"

namespace stillframe::postmortem {
namespace {

using cpython::Address;

// Of all the exceptions of a thread with what they came from.
constexpr std::size_t kMostExceptions = 16;

class Reader {
 public:
  Reader(const cpython::Runtime& runtime, const capture::Snapshot& snapshot, model::Still& still)
      : version_(runtime.version),
        objects_(*snapshot.objects),
        codes_(*snapshot.codes),
        types_(objects_),
        printer_(objects_, types_, limits_, redaction_),
        still_(still),
        list_(still.crash->exceptions) {}

  void read(Address thread, Address interpreter) {
    for (const auto& one : cpython::exceptions_in_flight(objects_, thread)) {
      if (const auto at = add(one.exception, one.traceback)) {
        list_[*at].handled = one.handled;
      }
    }
    if (const Address last = cpython::last_exception(objects_, interpreter); last != 0) {
      if (const auto at = add(last)) {
        list_[*at].last = true;
      }
    }
    // What they came from is added behind them, and goes on so.
    for (std::size_t i = 0; i < list_.size(); ++i) {
      const auto parts = cpython::exception_parts(objects_, addresses_[i]);
      const Address from = parts.cause != 0 ? parts.cause : parts.suppress_context ? 0 : parts.context;
      const auto at = from == 0 ? std::nullopt : add(from);
      if (at && *at != i) {
        list_[i].from = at;
        list_[i].from_cause = parts.cause != 0;
      }
    }
  }

 private:
  // Where it stands in the list; nothing where that is full, or the address is none of an exception.
  std::optional<std::size_t> add(Address exception, std::optional<Address> traceback = std::nullopt) {
    if (const auto known = std::ranges::find(addresses_, exception); known != addresses_.end()) {
      return static_cast<std::size_t>(known - addresses_.begin());
    }
    const cpython::Type* type = types_.of(exception);
    if (list_.size() >= kMostExceptions || type == nullptr || !type->has(cpython::kExceptionSubclass)) {
      return std::nullopt;
    }
    const auto parts = cpython::exception_parts(objects_, exception);
    const auto args = printer_.write(parts.args);
    model::PythonException shown{.type = type->name};
    shown.text = text_of(shown.type, args);
    for (const auto& call : cpython::traceback_calls(objects_, codes_, traceback.value_or(parts.traceback))) {
      shown.traceback.push_back(make_frame(call));
    }
    list_.push_back(std::move(shown));
    addresses_.push_back(exception);
    return list_.size() - 1;
  }

  // As BaseException_repr() has it: a single argument stands without the comma of its tuple.
  static std::string text_of(const std::string& type, const cpython::Written& args) {
    std::string text = args.text;
    if (text.ends_with(",)")) {
      text.replace(text.size() - 2, 2, ")");
    }
    return type.substr(type.rfind('.') + 1) + (args.readable || !text.empty() ? text : "(…)");
  }

  model::Frame make_frame(const cpython::TracebackCall& call) {
    const cpython::Code& code = *call.code;
    model::Frame frame{.kind = model::FrameKind::python};
    frame.function = still_.texts.keep(code.name);
    if (code.qualname) {
      frame.qualified_name = still_.texts.keep(*code.qualname);
    }
    if (!code.filename.empty()) {
      frame.file = still_.texts.keep(code.filename);
    }
    frame.line = call.line ? call.line : cpython::locate(code, call.lasti, version_).line;
    return frame;
  }

  cpython::PythonVersion version_;
  const cpython::Objects& objects_;
  cpython::CodeCache& codes_;
  cpython::Types types_;
  cpython::ValueLimits limits_;
  cpython::Redaction redaction_ = cpython::Redaction::usual();
  cpython::Printer printer_;
  model::Still& still_;
  std::vector<model::PythonException>& list_;
  std::vector<Address> addresses_;  // of those in the list
};

}  // namespace

void add_exceptions(const cpython::Runtime& runtime, const capture::Snapshot& snapshot,
                    const cpython::RawInterpreter& interpreter, Address thread, model::Still& still) {
  Reader(runtime, snapshot, still).read(thread, interpreter.address);
}

}  // namespace stillframe::postmortem
