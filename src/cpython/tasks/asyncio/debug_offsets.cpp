#include "cpython/tasks/asyncio/debug_offsets.h"

#include <algorithm>
#include <array>
#include <vector>

#include "binary/elf_file.h"
#include "binary/elf_image.h"
#include "cpython/runtime/python_images.h"

namespace stillframe::cpython {
namespace {

// struct _asyncio_debug_offsets (Py_AsyncioModuleDebugOffsets in Modules/_asynciomodule.c, 3.14): three groups of
// words, each beginning with the size of the structure that the others lie in.
enum Word : std::uint8_t {
  kTaskSize,
  kTaskName,
  kTaskAwaitedBy,
  kTaskIsTask,
  kTaskAwaitedByIsSet,
  kTaskCoroutine,
  kTaskNode,
  kInterpreterSize,
  kInterpreterHead,
  kThreadSize,
  kRunningLoop,
  kRunningTask,
  kThreadHead,
  kWords,
};

// PyInterpreterState of free-threaded builds has some hundred thousand bytes.
constexpr std::uint64_t kLargest = std::uint64_t{16} << 20U;
// struct llist_node: next, prev (Include/internal/pycore_llist.h).
constexpr std::uint64_t kNodeSize = 16;

bool is_extension(const target::Mapping& mapping) {
  const std::string_view path = mapping.path;
  return path.substr(path.rfind('/') + 1).starts_with("_asyncio.");
}

std::optional<AsyncioOffsets> look_in(const target::Target& target, const Objects& objects,
                                      const target::Mapping& mapping) {
  const auto image = binary::ElfImage::at(objects.memory(), mapping.begin);
  const auto handle = image ? target.open_mapped(mapping) : Result<target::FileHandle>(std::unexpected(Error{}));
  if (!handle) {
    return std::nullopt;
  }
  const auto file = binary::ElfFile::open(handle->fd(), mapping.path);
  const auto section = file ? file->section(".AsyncioDebug") : std::nullopt;
  return section ? read_asyncio_offsets(objects, section->address + image->bias()) : std::nullopt;
}

}  // namespace

std::optional<AsyncioOffsets> read_asyncio_offsets(const Objects& objects, Address at) {
  const auto words = objects.memory().get<std::array<std::uint64_t, kWords>>(at);
  if (!words) {
    return std::nullopt;
  }
  const auto fits = [&](Word size, Word offset, std::uint64_t width) {
    const std::uint64_t whole = words->at(size);
    const std::uint64_t begin = words->at(offset);
    return whole <= kLargest && begin < whole && whole - begin >= width && begin % 8 == 0 && begin != 0;
  };
  const auto offset = [&](Word index) { return Offset(static_cast<std::uint32_t>(words->at(index))); };
  if (!fits(kTaskSize, kTaskNode, kNodeSize) || !fits(kInterpreterSize, kInterpreterHead, kNodeSize) ||
      !fits(kThreadSize, kRunningLoop, 8) || !fits(kThreadSize, kRunningTask, 8) ||
      !fits(kThreadSize, kThreadHead, kNodeSize)) {
    return std::nullopt;
  }
  return AsyncioOffsets{.task_node = offset(kTaskNode),
                        .interpreter_head = offset(kInterpreterHead),
                        .running_loop = offset(kRunningLoop),
                        .running_task = offset(kRunningTask),
                        .thread_head = offset(kThreadHead)};
}

std::optional<AsyncioOffsets> find_asyncio_offsets(const target::Target& target, const Objects& objects) {
  std::vector<const target::Mapping*> files = mapped_files(target);
  std::ranges::stable_partition(files, [](const target::Mapping* one) { return is_extension(*one); });
  for (const target::Mapping* file : files) {
    if (auto found = look_in(target, objects, *file)) {
      return found;
    }
  }
  return std::nullopt;
}

}  // namespace stillframe::cpython
