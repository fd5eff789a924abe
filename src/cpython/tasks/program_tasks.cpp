#include "cpython/tasks/program_tasks.h"

#include <string_view>
#include <unordered_set>

#include "text/scheduler_files.h"

namespace stillframe::cpython {
namespace {

std::vector<Address> only_if(bool wanted, const std::vector<Address>& interpreters) {
  return wanted ? interpreters : std::vector<Address>{};
}

}  // namespace

Schedulers schedulers_on_stacks(const RawProcess& process) {
  Schedulers found{.asyncio = false, .trio = false, .curio = false};
  std::unordered_set<const Code*> seen;
  for (const RawInterpreter& interpreter : process.interpreters) {
    for (const RawThread& thread : interpreter.threads) {
      for (const RawFrame& frame : thread.chain.frames) {
        if (frame.code == nullptr || !seen.insert(frame.code).second) {
          continue;
        }
        const std::string_view file = frame.code->filename;
        found.asyncio = found.asyncio || text::is_asyncio_file(file);
        found.trio = found.trio || text::is_trio_file(file);
        found.curio = found.curio || text::is_curio_file(file);
      }
    }
  }
  return found;
}

ProgramTasks::ProgramTasks(const target::Target& target, const Objects& objects,
                           const std::vector<Address>& interpreters, Schedulers wanted)
    : asyncio_(target, objects, only_if(wanted.asyncio, interpreters)),
      trio_(objects, only_if(wanted.trio, interpreters)),
      curio_(objects, only_if(wanted.curio, interpreters)) {}

RawTasks ProgramTasks::read(const Objects& objects, CodeCache& codes, const RawProcess& process, std::size_t most,
                            TaskDepth depth) const {
  RawTasks found = asyncio_.read(objects, codes, process, most, depth);
  trio_.read(objects, codes, process, most, found);
  curio_.read(objects, codes, process, most, found);
  return found;
}

}  // namespace stillframe::cpython
