/* What clock_watch.c writes and bench/compare.py reads, field by field, through a shared file. */
#pragma once

#include <stdint.h>

struct ClockWatch {
  uint64_t reset_wanted;    /* written by compare.py: start counting again */
  uint64_t reset_done;      /* the last reset that was obeyed */
  uint64_t ticks;           /* looks at the clock; moves while the busy thread runs */
  uint64_t largest_stop_ns; /* the longest gap in which the thread was stopped */
  uint64_t total_stop_ns;   /* all such gaps together */
  uint64_t stops;           /* how many */
  uint64_t largest_gap_ns;  /* the longest gap of any cause, the scheduler's too */
  uint64_t asleep;          /* threads that have reached epoll_wait */
  uint64_t interrupted;     /* EINTR that they got from it */
};

int clock_watch_open(const char* path);
void clock_watch_tick(void);
void clock_watch_sleep(void);
