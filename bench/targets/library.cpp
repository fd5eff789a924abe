// One of the many libraries that a large program maps and that are on no stack: the standard library's templates make
// its debug information as large as that of a small extension module.
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace {

std::map<std::string, std::vector<std::function<int(int)>>> handlers;

}  // namespace

extern "C" int library_register(const char* name, int (*handler)(int)) {
  handlers[name].emplace_back(handler);
  return static_cast<int>(handlers.size());
}

extern "C" int library_call(const char* name, int value) {
  int sum = 0;
  for (const auto& handler : handlers[name]) {
    sum += handler(value);
  }
  return sum;
}
