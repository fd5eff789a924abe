// nanobind: calls a Python function as a C++ object.
#include <nanobind/nanobind.h>

namespace callbacks {

[[gnu::noinline]] nanobind::object repeat(const nanobind::callable& function, int left) {
  nanobind::object result = left > 0 ? repeat(function, left - 1) : function();
  __asm__ volatile("" ::: "memory");
  return result;
}

}  // namespace callbacks

NB_MODULE(callbacks_nanobind, module) {
  module.def("call_through", &callbacks::repeat);
}
