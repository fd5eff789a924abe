#include "cpython/thread_names.h"

#include <unordered_map>

namespace stillframe::cpython {

std::optional<Address> find_thread_table(const Objects& objects, Address interpreter) {
  const auto modules = objects.pointer(interpreter, objects.layout().interpreter.modules);
  const auto module = modules ? objects.lookup(*modules, "threading") : std::nullopt;
  const auto dict = module ? objects.pointer(*module, objects.layout().module.dict) : std::nullopt;
  return dict ? objects.lookup(*dict, "_active") : std::nullopt;
}

void read_thread_names(const Objects& objects, Address thread_table, RawInterpreter& interpreter) {
  // Thread.__name in 2.7 (mangled), Thread._name since (Lib/threading.py).
  const char* attribute = objects.layout().version.major < 3 ? "_Thread__name" : "_name";
  std::unordered_map<std::uint64_t, RawThread*> by_ident;
  for (RawThread& thread : interpreter.threads) {
    by_ident.emplace(thread.thread_id, &thread);
  }
  objects.for_each_entry(thread_table, [&](Address key, Address value) {
    const auto ident = objects.integer(key);
    const auto found = ident ? by_ident.find(*ident) : by_ident.end();
    if (found != by_ident.end()) {
      const auto name = objects.instance_attribute(value, attribute);
      found->second->name = name ? objects.text(*name) : std::nullopt;
    }
    return true;
  });
}

}  // namespace stillframe::cpython
