// A thread that watches the clock: whoever stops it leaves a gap. Runs without the GIL, until the process dies.
#include <stdint.h>
#include <time.h>

struct seen {
  volatile uint64_t longest_gap;  // nanoseconds, since it was last set to 0 from outside
  volatile uint64_t turns;
};

static uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

void watch(struct seen *seen) {
  uint64_t last = now();
  for (;;) {
    uint64_t next = now();
    if (next - last > seen->longest_gap) {
      seen->longest_gap = next - last;
    }
    last = next;
    seen->turns++;
  }
}
