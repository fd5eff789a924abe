// Loggers and handlers, with their levels.
#include <fmt/format.h>

#include "cpython/values/fields.h"
#include "cpython/values/kind_lists.h"

namespace stillframe::cpython {
namespace {

// Loggers above one another that are asked for a level.
constexpr int kMostAncestors = 64;

// logging.getLevelName() without the names that a program adds.
std::string level_name(std::int64_t level) {
  switch (level) {
    case 50:
      return "CRITICAL";
    case 40:
      return "ERROR";
    case 30:
      return "WARNING";
    case 20:
      return "INFO";
    case 10:
      return "DEBUG";
    case 0:
      return "NOTSET";
    default:
      return fmt::format("Level {}", level);
  }
}

// Logger.getEffectiveLevel(): its own, or that of the nearest ancestor that has one.
std::int64_t effective_level(Printer& out, const Fields& logger) {
  std::int64_t level = logger.integer("level").value_or(0);
  auto parent = logger.at("parent");
  for (int i = 0; level == 0 && parent && i < kMostAncestors; ++i) {
    const Type* type = out.types().of(*parent);
    if (type == nullptr) {
      break;
    }
    const Fields above(out, {.address = *parent, .type = *type});
    level = above.integer("level").value_or(0);
    parent = above.at("parent");
  }
  return level;
}

bool write_logger(Printer& out, const Instance& object) {
  const Fields fields(out, object);
  if (!fields.at("name") || !fields.integer("level")) {
    return out.fail("it has no name or level");
  }
  out.put(fmt::format("<{} ", class_name(object.type)));
  put_bare(out, fields.at("name"));
  out.put(fmt::format(" ({})>", level_name(effective_level(out, fields))));
  return true;
}

bool write_handler(Printer& out, const Instance& object) {
  const auto level = Fields(out, object).integer("level");
  if (!level) {
    return out.fail("it has no level");
  }
  out.put(fmt::format("<{} ({})>", class_name(object.type), level_name(*level)));
  return true;
}

bool write_stream_handler(Printer& out, const Instance& object) {
  const Fields fields(out, object);
  const auto level = fields.integer("level");
  if (!level) {
    return out.fail("it has no level");
  }
  out.put(fmt::format("<{} ({})", class_name(object.type), level_name(*level)));
  if (const auto stream = fields.at("stream")) {
    out.put(" ");
    out.attribute("stream", *stream);
  }
  out.put(">");
  return true;
}

bool write_file_handler(Printer& out, const Instance& object) {
  const Fields fields(out, object);
  const auto level = fields.integer("level");
  if (!level) {
    return out.fail("it has no level");
  }
  out.put(fmt::format("<{} ", class_name(object.type)));
  put_bare(out, fields.at("baseFilename"));
  out.put(fmt::format(" ({})>", level_name(*level)));
  return true;
}

constexpr Kind kLoggingKinds[] = {
    // NOLINT(modernize-avoid-c-arrays): its length is counted
    {.name = "logging.Logger", .write = write_logger, .python_repr = true},
    {.name = "logging.Handler", .write = write_handler, .python_repr = true},
    {.name = "logging.StreamHandler", .write = write_stream_handler, .python_repr = true},
    {.name = "logging.FileHandler", .write = write_file_handler, .python_repr = true},
};

}  // namespace

std::span<const Kind> logging_kinds() {
  return kLoggingKinds;
}

}  // namespace stillframe::cpython
