// Any text as a still's JSON. What is read can be written, read again, and then stays the same byte for byte; text can
// be made of it.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "render/json.h"
#include "render/json_reader.h"
#include "render/text.h"
#include "render/why.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace render = stillframe::render;
  const auto read = render::still_from_json({reinterpret_cast<const char*>(data), size});
  if (!read) {
    const auto& error = read.error();
    if (error.tried.empty() || error.stopper.empty() || error.advice.empty()) {
      std::abort();
    }
    return 0;
  }
  const std::string written = render::to_json(read->still, read->tool_version);
  const auto again = render::still_from_json(written);
  if (!again || render::to_json(again->still, again->tool_version) != written) {
    std::abort();
  }
  static_cast<void>(render::to_text(read->still, {}));
  static_cast<void>(render::why_to_text(read->still, {}));
  return 0;
}
