// Tests that must hold in every layout there is: TEST_P(EveryLayoutX, …) with SF_EVERY_LAYOUT(EveryLayoutX).
#pragma once

#include <gtest/gtest.h>

#include "cpython/dialects/layout.h"
#include "cpython/fake_python.h"

namespace stillframe::testing {

class EveryLayout : public ::testing::TestWithParam<const cpython::Layout*> {
 protected:
  FakePython python{*GetParam()};
  const cpython::Layout& layout = *GetParam();
  cpython::Objects objects{python.memory, layout};
};

}  // namespace stillframe::testing

#define SF_EVERY_LAYOUT(suite)                                                                                \
  INSTANTIATE_TEST_SUITE_P(CPython, suite,                                                                    \
                           ::testing::ValuesIn(cpython::all_layouts().begin(), cpython::all_layouts().end()), \
                           [](const auto& tested) { return testing::layout_name(*tested.param); })
