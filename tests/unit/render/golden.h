// Screens that were looked at and kept.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "paths.h"
#include "render/json.h"
#include "render/json_reader.h"
#include "render/text.h"

namespace stillframe::testing {

// Compares with the screen in tests/golden. STILLFRAME_WRITE_GOLDEN=1 writes it instead: look at it before it is kept.
inline void expect_screen(const std::string& name, const std::string& text) {
  const std::string path = golden_folder + "/" + name + ".txt";
  if (std::getenv("STILLFRAME_WRITE_GOLDEN") != nullptr) {
    std::ofstream(path, std::ios::binary) << text;
  }
  std::ifstream file(path, std::ios::binary);
  EXPECT_EQ(text, std::string((std::istreambuf_iterator<char>(file)), {})) << path;
}

// Reads a still back from its JSON; what was read must give the same bytes.
inline model::Still read_back(const model::Still& still) {
  const std::string written = render::to_json(still, "9.9.9");
  auto read = render::still_from_json(written);
  if (!read) {
    ADD_FAILURE() << read.error().stopper << "\n" << written.substr(0, 2000);
    return {};
  }
  EXPECT_EQ(render::to_json(read->still, read->tool_version), written);
  return std::move(read->still);
}

// Compares a still with its screen, and the same still once more after it was written as JSON and read back.
inline void expect_still_screen(const std::string& name, const model::Still& still,
                                const render::TextOptions& options) {
  expect_screen(name, render::to_text(still, options));
  expect_screen(name, render::to_text(read_back(still), options));
}

}  // namespace stillframe::testing
