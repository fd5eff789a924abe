#include "binary/mapped_region.h"

#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <memory>
#include <mutex>

#include "binary/file_reader.h"
#include "binary/rounding.h"

namespace stillframe::binary {
namespace {

// The mapped files, in a form that a signal handler can read: lists of fixed size, which are never freed. What a signal
// does is one for a whole process, and so is this.
struct Guarded {
  std::atomic<std::uintptr_t> begin = 0;  // 0: free
  std::atomic<std::uintptr_t> end = 0;
};
struct GuardedList {
  std::array<Guarded, 256> regions;
  std::atomic<GuardedList*> next = nullptr;
};

struct Guard {
  std::mutex mutex;  // of all below, but for what the handler reads
  GuardedList first;
  std::size_t count = 0;
  struct sigaction before{};
  std::uintptr_t page_size = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
  std::atomic<std::uint64_t> lost = 0;
};

Guard& guard_of_all() {
  static Guard guard;
  return guard;
}

bool is_guarded(Guard& guard, std::uintptr_t address) {
  for (GuardedList* list = &guard.first; list != nullptr; list = list->next.load()) {
    for (const Guarded& region : list->regions) {
      if (region.begin.load() <= address && address < region.end.load()) {
        return true;
      }
    }
  }
  return false;
}

// Puts a page of zeros where the file has none any more; the instruction is then run again.
void on_bus_error(int number, siginfo_t* info, void* context) {
  Guard& guard = guard_of_all();
  const auto address = reinterpret_cast<std::uintptr_t>(info->si_addr);
  const std::uintptr_t begin = address / guard.page_size * guard.page_size;
  void* const gone = reinterpret_cast<void*>(begin);  // NOLINT(performance-no-int-to-ptr): rounded down
  if (info->si_code > 0 && is_guarded(guard, address) &&
      mmap(gone, guard.page_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) !=
          MAP_FAILED) {
    ++guard.lost;
    return;
  }
  if ((guard.before.sa_flags & SA_SIGINFO) != 0) {
    guard.before.sa_sigaction(number, info, context);
  } else if (guard.before.sa_handler != SIG_DFL && guard.before.sa_handler != SIG_IGN) {
    guard.before.sa_handler(number);
  } else {
    sigaction(SIGBUS, &guard.before, nullptr);  // it comes again, or was sent
    if (info->si_code <= 0) {
      raise(SIGBUS);
    }
  }
}

void install(Guard& guard) {
  struct sigaction ours{};
  ours.sa_sigaction = on_bus_error;
  ours.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigaction(SIGBUS, &ours, &guard.before);
}

// Unless somebody else has taken the signal since.
void uninstall(const Guard& guard) {
  struct sigaction now{};
  if (sigaction(SIGBUS, nullptr, &now) == 0 && (now.sa_flags & SA_SIGINFO) != 0 && now.sa_sigaction == on_bus_error) {
    sigaction(SIGBUS, &guard.before, nullptr);
  }
}

Guarded& free_place(Guard& guard) {
  for (GuardedList* list = &guard.first;; list = list->next.load()) {
    for (Guarded& region : list->regions) {
      if (region.begin.load() == 0) {
        return region;
      }
    }
    if (list->next.load() == nullptr) {
      list->next.store(std::make_unique<GuardedList>().release());
    }
  }
}

void add(std::uintptr_t begin, std::uint64_t size) {
  Guard& guard = guard_of_all();
  const std::scoped_lock lock(guard.mutex);
  Guarded& place = free_place(guard);
  place.end.store(begin + size);
  place.begin.store(begin);
  if (guard.count++ == 0) {
    install(guard);
  }
}

void remove(std::uintptr_t begin) {
  Guard& guard = guard_of_all();
  const std::scoped_lock lock(guard.mutex);
  for (GuardedList* list = &guard.first; list != nullptr; list = list->next.load()) {
    for (Guarded& region : list->regions) {
      if (region.begin.load() == begin) {
        region.end.store(0);
        region.begin.store(0);
      }
    }
  }
  if (--guard.count == 0) {
    uninstall(guard);
  }
}

}  // namespace

MappedRegion MappedRegion::of_file(int fd, std::uint64_t size) {
  void* data = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0);
  MappedRegion region;
  if (data != MAP_FAILED) {
    region = MappedRegion(static_cast<std::byte*>(data), size);
    region.guard();
  }
  return region;
}

MappedRegion MappedRegion::of_file_with_room(int fd, std::uint64_t size, std::uint64_t room) {
  MappedRegion region = of_memory(round_up(size, page_size) + room);
  if (!region.empty()) {
    if (mmap(region.data_, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED, fd, 0) == MAP_FAILED) {
      return {};
    }
    region.guard();
  }
  return region;
}

MappedRegion MappedRegion::of_memory(std::uint64_t size) {
  void* data = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return data == MAP_FAILED ? MappedRegion() : MappedRegion(static_cast<std::byte*>(data), size);
}

MappedRegion MappedRegion::copy_of_file(int fd, std::uint64_t size) {
  MappedRegion region = of_memory(size);
  return !region.empty() && FileReader(fd).read(0, region.writable()) ? std::move(region) : MappedRegion();
}

MappedRegion::~MappedRegion() {
  if (data_ != nullptr) {
    if (guarded_) {
      remove(reinterpret_cast<std::uintptr_t>(data_));
    }
    munmap(data_, size_);
  }
}

void MappedRegion::guard() {
  add(reinterpret_cast<std::uintptr_t>(data_), size_);
  guarded_ = true;
}

void MappedRegion::forget(std::uint64_t offset, std::uint64_t size) const {
  const std::uint64_t begin = round_up(offset, page_size);
  const std::uint64_t end = (offset + size) / page_size * page_size;
  if (begin < end && end <= size_) {
    madvise(data_ + begin, end - begin, MADV_DONTNEED);
  }
}

std::uint64_t MappedRegion::lost_pages() {
  return guard_of_all().lost.load();
}

}  // namespace stillframe::binary
