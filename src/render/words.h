// The model's enumerations and numbers in words: once for the screen, once for the JSON.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "model/inspection.h"
#include "model/still.h"
#include "model/tasks.h"

namespace stillframe::render {

std::string_view json_name(model::NodeKind kind);
std::string_view json_name(model::Proof proof);
std::string_view json_name(model::EdgeKind kind);
std::string_view json_name(model::InterruptHandler handler);
std::string_view json_name(model::Method method);
std::string_view json_name(model::PythonState state);
std::string_view json_name(model::OsState state);
std::string_view json_name(model::Severity severity);
std::string_view json_name(model::SourceKind kind);
std::string_view json_name(model::ValueKind kind);
std::string_view json_name(model::FileKind kind);
std::string_view json_name(model::ResourceKind kind);
std::string_view json_name(model::AccessKind access);
std::string_view json_name(model::PartRole role);
std::string_view json_name(model::TaskState state);
std::string_view json_name(model::LoopDoing doing);
std::string_view json_name(model::WaitKind kind);

// "holds the GIL, asked to drop it", "waits for the GIL", "sleeping": what a thread is doing.
std::string state_in_words(const model::Thread& thread, const model::Still& still);

// The same with what it waits for: "sleeping, reads from pipe 7". Of a wait for the GIL nothing more is to be said.
std::string doing_in_words(const model::Thread& thread, const model::Still& still);

}  // namespace stillframe::render
