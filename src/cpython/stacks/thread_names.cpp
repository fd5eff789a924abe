#include "cpython/stacks/thread_names.h"

#include <unordered_map>

namespace stillframe::cpython {

std::optional<Address> find_thread_table(const Objects& objects, Address interpreter) {
  const auto modules = objects.pointer(interpreter, objects.layout().interpreter.modules);
  const auto module = modules ? objects.lookup(*modules, "threading") : std::nullopt;
  const auto dict = module ? objects.pointer(*module, objects.layout().module.dict) : std::nullopt;
  return dict ? objects.lookup(*dict, "_active") : std::nullopt;
}

void read_thread_names(const Objects& objects, Address thread_table, RawInterpreter& interpreter) {
  // Thread.__name in 2.7 (mangled), Thread._name since (Lib/threading.py); likewise with __daemonic.
  const bool mangled = objects.layout().version.major < 3;
  const char* name_of = mangled ? "_Thread__name" : "_name";
  const char* daemon_of = mangled ? "_Thread__daemonic" : "_daemonic";
  std::unordered_map<std::uint64_t, RawThread*> by_ident;
  for (RawThread& thread : interpreter.threads) {
    by_ident.emplace(thread.thread_id, &thread);
  }
  objects.for_each_entry(thread_table, [&](Address key, Address value) {
    const auto ident = objects.integer(key);
    const auto found = ident ? by_ident.find(*ident) : by_ident.end();
    if (found != by_ident.end()) {
      const auto name = objects.instance_attribute(value, name_of);
      found->second->name = name ? objects.text(*name) : std::nullopt;
      const auto daemon = objects.instance_attribute(value, daemon_of);
      found->second->daemon = daemon ? objects.truth(*daemon) : std::nullopt;
    }
    return true;
  });
}

}  // namespace stillframe::cpython
