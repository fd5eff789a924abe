// Tests that must hold in every layout whose asyncio is read.
#pragma once

#include <string>
#include <vector>

#include "cpython/every_layout.h"
#include "cpython/tasks/asyncio/fake_asyncio.h"

namespace stillframe::testing {

class EveryAsyncioLayout : public EveryLayout {
 protected:
  FakeAsyncio asyncio{python};
};

inline auto asyncio_layouts_from(cpython::PythonVersion first) {
  std::vector<const cpython::Layout*> layouts;
  for (const cpython::Layout* one : cpython::all_layouts()) {
    if (one->version >= first) {
      layouts.push_back(one);
    }
  }
  return ::testing::ValuesIn(layouts);
}

// Layouts whose asyncio is read.
inline auto asyncio_layouts() {
  return asyncio_layouts_from({3, 7, 0});
}

inline std::string name_of_layout(const ::testing::TestParamInfo<const cpython::Layout*>& tested) {
  return layout_name(*tested.param);
}

}  // namespace stillframe::testing
