#include "render/inspection.h"
#include "render/json_facts.h"
#include "render/words.h"

namespace stillframe::render {
namespace {

constexpr std::string_view kInspectionSchema = "stillframe-inspection/1";

Json object_of(const model::InspectedObject& object) {
  Json children = Json::array();
  for (const model::InspectedObject& child : object.children) {
    children.push_back(object_of(child));
  }
  return {{"role", json_name(object.role)},
          {"name", object.name},
          {"path", or_null(object.path)},
          {"type", object.type.empty() ? Json(nullptr) : Json(object.type)},
          {"value", object.value},
          {"address", hex(object.address)},
          {"refcount", or_null(object.refcount)},
          {"immortal", object.immortal},
          {"size", or_null(object.size)},
          {"items", or_null(object.items)},
          {"hidden", object.hidden},
          {"readable", object.readable},
          {"cut", object.cut},
          {"same_as", or_null(object.same_as)},
          {"children", std::move(children)},
          {"left_out", object.left_out}};
}

Json answer_of(const model::Answer& answer) {
  Json error = nullptr;
  if (answer.error) {
    error = {{"tried", answer.error->tried}, {"stopper", answer.error->stopper}, {"advice", answer.error->advice}};
  }
  return {{"asked", answer.asked},
          {"object", answer.object ? object_of(*answer.object) : Json(nullptr)},
          {"error", std::move(error)}};
}

}  // namespace

std::string to_json(const model::Inspection& inspection, std::string_view tool_version) {
  Json answers = Json::array();
  for (const model::Answer& answer : inspection.answers) {
    answers.push_back(answer_of(answer));
  }
  const Json whole = {{"schema", kInspectionSchema},
                      {"tool_version", tool_version},
                      {"taken_at", timestamp(inspection.taken_at)},
                      {"source", source_of(inspection.source)},
                      {"consistency", consistency_of(inspection.consistency)},
                      {"python", python_of(inspection.python)},
                      {"interpreter", inspection.interpreter},
                      {"answers", std::move(answers)},
                      {"warnings", inspection.warnings},
                      {"partial", inspection.partial}};
  return dump(whole) + "\n";
}

}  // namespace stillframe::render
