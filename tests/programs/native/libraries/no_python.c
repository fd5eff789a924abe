/* A program without Python: its main thread waits for another one, which waits for ever. Dies when its parent does. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

#define FUNCTION __attribute__((noinline))

FUNCTION static int wait_for_ever(int depth) {
  if (depth > 0) {
    return wait_for_ever(depth - 1) + depth;
  }
  puts("ready");
  fflush(stdout);
  return pause();
}

static void* work(void* argument) {
  return wait_for_ever(3) == 7 ? argument : NULL;
}

int main(void) {
  pthread_t thread;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  pthread_create(&thread, NULL, work, NULL);
  return pthread_join(thread, NULL);
}
