// pybind11: a function object of C++ that holds a Python function.
#include <pybind11/functional.h>
#include <pybind11/pybind11.h>

namespace callbacks {

[[gnu::noinline]] int repeat(const std::function<int()>& function, int left) {
  const int result = left > 0 ? repeat(function, left - 1) : function();
  __asm__ volatile("" ::: "memory");
  return result;
}

}  // namespace callbacks

PYBIND11_MODULE(callbacks_pybind11, module) {
  module.def("call_through", &callbacks::repeat);
}
