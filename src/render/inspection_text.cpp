#include <fmt/format.h>

#include <algorithm>

#include "render/escape.h"
#include "render/inspection.h"
#include "render/screen.h"
#include "render/text_heading.h"
#include "render/words.h"
#include "text/display_width.h"
#include "text/phrases.h"

namespace stillframe::render {
namespace {

using model::InspectedObject;
using model::PartRole;

// How little of a value is shown rather than a shorter one still.
constexpr int kShortestValue = 20;

class InspectionText {
 public:
  InspectionText(const model::Inspection& inspection, const TextOptions& options)
      : inspection_(inspection), screen_(options) {}

  std::string write_all() {
    write_heading(screen_, inspection_.source, inspection_.python, inspection_.consistency, "objects");
    for (const model::Answer& answer : inspection_.answers) {
      if (answer.object) {
        screen_.blank_line();
        write_object(*answer.object, "", "");
        write_hint(*answer.object);
      }
    }
    write_warnings(screen_, inspection_.warnings);
    return std::move(screen_).take();
  }

 private:
  static bool is_open(const InspectedObject& object) {
    return !object.children.empty() || object.left_out > 0 || object.same_as.has_value();
  }

  // What is said of an object behind its value, as far as the value itself does not say it.
  [[nodiscard]] static std::string facts_of(const InspectedObject& object, const std::string& value) {
    std::string facts;
    const auto add = [&](const std::string& fact) { facts += (facts.empty() ? "" : ", ") + fact; };
    const std::string address = object.address ? fmt::format("{:#x}", *object.address) : "";
    const std::string type = escaped(object.type);
    if (!type.empty() && !value.starts_with("<" + type)) {
      add(type);
    }
    if (!address.empty() && !value.contains(address)) {
      add(address);
    }
    if (object.items) {
      add(text::with_count(*object.items, "item"));
    } else if (const auto count = object.children.size() + object.left_out; count > 0) {
      add(text::with_count(count, "attribute"));
    }
    if (object.role == PartRole::root) {
      if (object.refcount) {
        add(fmt::format("refcount {}", *object.refcount));
      } else if (object.immortal) {
        add("immortal");
      }
      if (object.size) {
        add(text::with_count(*object.size, "byte"));
      }
    }
    return facts.empty() ? "" : "  (" + facts + ")";
  }

  [[nodiscard]] static std::string_view between(const InspectedObject& object) {
    return object.role == PartRole::item || object.role == PartRole::entry ? ": " : " = ";
  }

  // "│  ├─ 'name': {…}  (dict, 0x7f…, 3 items)": the value gives way to what is said of it.
  void write_line(const InspectedObject& object, std::string_view guide) {
    const bool open = is_open(object);
    std::string name = escaped(object.name);
    std::string value = escaped(open ? object.outline : object.value);
    std::string facts = object.same_as                          ? "  … as at " + escaped(*object.same_as)
                        : object.role == PartRole::root || open ? facts_of(object, value)
                                                                : "";
    const std::string_view sign = between(object);
    if (screen_.width() > 0) {
      const int fixed = text::display_width(guide) + text::display_width(sign);
      const int beside = fixed + text::display_width(facts);
      name = cut(name, std::max(screen_.width() - beside - std::min(kShortestValue, text::display_width(value)),
                                kShortestValue));
      value = cut(value, std::max(screen_.width() - beside - text::display_width(name), kShortestValue));
      const int left = screen_.width() - fixed - text::display_width(name) - text::display_width(value);
      if (left < text::display_width(facts)) {
        facts = left > 0 ? cut(facts, left) : "";
      }
    }
    screen_.write(fmt::format("{}{}{}{}{}", screen_.styled(guide, style::kFaint),
                              screen_.styled(name, object.role == PartRole::root ? style::kHeading : style::kFile),
                              sign, object.hidden || !object.readable ? screen_.styled(value, style::kWarning) : value,
                              screen_.styled(facts, style::kFaint)),
                  {});
  }

  // `guide` stands before the object's own line, `below` before those of its parts.
  void write_object(const InspectedObject& object, const std::string& guide, const std::string& below) {
    write_line(object, guide);
    const bool more = object.left_out > 0 && !object.same_as;
    for (const InspectedObject& child : object.children) {
      const bool last = &child == &object.children.back() && !more;
      write_object(child, below + (last ? "└─ " : "├─ "), below + (last ? "   " : "│  "));
    }
    if (more) {
      screen_.line(fmt::format("{}└─ … {} more", below, text::grouped(object.left_out)), style::kFaint);
    }
  }

  // How to see more, where something was held back.
  void write_hint(const InspectedObject& root) {
    if (root.hidden) {
      screen_.paragraph("  hidden, because its name says that it is secret: --no-redact shows it", "  ", style::kFaint);
    }
  }

  const model::Inspection& inspection_;
  Screen screen_;
};

}  // namespace

std::string to_text(const model::Inspection& inspection, const TextOptions& options) {
  return InspectionText(inspection, options).write_all();
}

}  // namespace stillframe::render
