// An extension with a signal handler that notes where time goes, and allocates memory for what it notes.
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

// More than what each thread keeps for itself (glibc's tcache), so that the lock of the arena is taken.
enum { kNote = 4096, kLine = 2048 };

static char* last;

static void note(int number) {
  free(last);
  last = malloc(kNote);
  memset(last, number, kNote);
}

void trace_every(int microseconds) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = note;
  action.sa_flags = SA_RESTART;
  sigaction(SIGPROF, &action, NULL);
  const struct itimerval often = {{0, microseconds}, {0, microseconds}};
  setitimer(ITIMER_PROF, &often, NULL);
}

void read_lines(void) {
  char* lines[64];
  memset(lines, 0, sizeof lines);
  for (unsigned i = 0;; i = i * 5 + 1) {
    free(lines[i % 64]);
    lines[i % 64] = malloc(kLine + i % 1024);
  }
}
