#include "render/json_crash.h"

#include "render/words.h"

namespace stillframe::render {
namespace {

Json area_of(const std::optional<model::MemoryArea>& area) {
  if (!area) {
    return nullptr;
  }
  return {{"begin", hex(area->begin)},        {"end", hex(area->end)},
          {"readable", area->readable},       {"writable", area->writable},
          {"executable", area->executable},   {"path", or_null(area->path)},
          {"file_offset", area->file_offset}, {"file_size", or_null(area->file_size)}};
}

Json fault_of(const std::optional<model::Fault>& fault) {
  if (!fault) {
    return nullptr;
  }
  Json registers = Json::array();
  for (const auto& one : fault->registers) {
    registers.push_back({{"name", one.name}, {"value", hex(one.value)}});
  }
  return {{"pc", hex(fault->pc)},
          {"address", hex(fault->address)},
          {"access", fault->access ? Json(json_name(*fault->access)) : Json(nullptr)},
          {"bytes", fault->bytes == 0 ? Json(nullptr) : Json(fault->bytes)},
          {"instruction", or_null(fault->instruction)},
          {"operand", or_null(fault->operand)},
          {"registers", std::move(registers)},
          {"area", area_of(fault->area)},
          {"handled", fault->handled}};
}

Json stack_of(const std::optional<model::StackArea>& stack) {
  if (!stack) {
    return nullptr;
  }
  return {{"begin", hex(stack->begin)}, {"end", hex(stack->end)}, {"sp", hex(stack->sp)}, {"guard", hex(stack->guard)}};
}

Json exceptions_of(const std::vector<model::PythonException>& exceptions) {
  Json list = Json::array();
  for (const auto& exception : exceptions) {
    Json calls = Json::array();
    for (const model::Frame& call : exception.traceback) {
      calls.push_back({{"function", call.qualified_name.value_or(call.function)},
                       {"file", or_null(call.file)},
                       {"line", or_null(call.line)}});
    }
    list.push_back({{"type", exception.type},
                    {"text", exception.text},
                    {"handled", exception.handled},
                    {"last", exception.last},
                    {"traceback", std::move(calls)},
                    {"from", or_null(exception.from)},
                    {"from_cause", exception.from_cause}});
  }
  return list;
}

}  // namespace

Json crash_of(const std::optional<model::Crash>& crash) {
  if (!crash) {
    return nullptr;
  }
  Json cpp = nullptr;
  if (crash->cpp_exception) {
    cpp = {{"type", crash->cpp_exception->type}, {"what", or_null(crash->cpp_exception->what)}};
  }
  return {{"signal", crash->signal_name},
          {"signal_number", crash->signal},
          {"code", or_null(crash->code)},
          {"fault_address", hex(crash->fault_address)},
          {"tid", or_null(crash->tid)},
          {"sender_pid", or_null(crash->sender_pid)},
          {"sender_uid", or_null(crash->sender_uid)},
          {"fault", fault_of(crash->fault)},
          {"stack", stack_of(crash->stack)},
          {"abort_message", or_null(crash->abort_message)},
          {"fatal_function", or_null(crash->fatal_function)},
          {"fatal_message", or_null(crash->fatal_message)},
          {"cpp_exception", std::move(cpp)},
          {"exceptions", exceptions_of(crash->exceptions)},
          {"system_call", or_null(crash->system_call)}};
}

}  // namespace stillframe::render
