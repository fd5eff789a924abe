/* Loaded by targets/workload.py: a thread of the target that watches the clock, and threads that count interruptions.
 *
 * A gap in the clock is either the scheduler's doing or a tracer's. The kernel tells them apart: a thread that spins
 * never gives up its processor by itself, so its count of voluntary switches (getrusage, ru_nvcsw) rises only when it
 * was stopped. That makes the figure usable on a machine with two cores and other work.
 */
#define _GNU_SOURCE
#include "clock_watch.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static struct ClockWatch* board;
static uint64_t last_ns;
static long last_switches;

/* A gap shorter than this is not looked into: a system call for each tick would hide what is measured. */
enum { SHORTEST_GAP_NS = 5000 };

static uint64_t now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static long voluntary_switches(void) {
  struct rusage usage;
  getrusage(RUSAGE_THREAD, &usage);
  return usage.ru_nvcsw;
}

/* Maps the file through which bench/compare.py reads the figures; 0 when that worked. */
int clock_watch_open(const char* path) {
  const int file = open(path, O_RDWR | O_CLOEXEC);
  if (file < 0) {
    return -1;
  }
  void* mapped = mmap(NULL, sizeof *board, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  close(file);
  if (mapped == MAP_FAILED) {
    return -1;
  }
  board = mapped;
  return 0;
}

static void start_again(void) {
  board->largest_stop_ns = 0;
  board->total_stop_ns = 0;
  board->stops = 0;
  board->largest_gap_ns = 0;
  last_switches = voluntary_switches();
  last_ns = now_ns();
  __atomic_store_n(&board->reset_done, board->reset_wanted, __ATOMIC_RELEASE);
}

/* One look at the clock, from the busy Python loop of one thread. */
void clock_watch_tick(void) {
  if (__atomic_load_n(&board->reset_wanted, __ATOMIC_ACQUIRE) != board->reset_done) {
    start_again();
    return;
  }
  const uint64_t now = now_ns();
  const uint64_t gap = now - last_ns;
  last_ns = now;
  ++board->ticks;
  if (gap < SHORTEST_GAP_NS) {
    return;
  }
  if (gap > board->largest_gap_ns) {
    board->largest_gap_ns = gap;
  }
  const long switches = voluntary_switches();
  if (switches != last_switches) {
    last_switches = switches;
    board->total_stop_ns += gap;
    ++board->stops;
    if (gap > board->largest_stop_ns) {
      board->largest_stop_ns = gap;
    }
  }
  last_ns = now_ns();
}

/* Sleeps for ever in epoll_wait, which the kernel does not restart after a stop: each EINTR is counted. */
void clock_watch_sleep(void) {
  const int queue = epoll_create1(EPOLL_CLOEXEC);
  struct epoll_event event;
  __atomic_add_fetch(&board->asleep, 1, __ATOMIC_RELEASE);
  for (;;) {
    if (epoll_wait(queue, &event, 1, -1) < 0 && errno == EINTR) {
      __atomic_add_fetch(&board->interrupted, 1, __ATOMIC_RELEASE);
    }
  }
}
