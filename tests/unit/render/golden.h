// Screens that were looked at and kept.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "paths.h"

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

}  // namespace stillframe::testing
