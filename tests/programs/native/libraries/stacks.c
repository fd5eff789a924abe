/* Loaded by the programs beside this folder through ctypes: C stacks to be looked at. Built in many ways (stripped,
   without CFI, with split DWARF, …: native_builds.py), so it needs nothing but the C library. */
#define _GNU_SOURCE
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define NOINLINE __attribute__((noinline))
#define INLINE static inline __attribute__((always_inline))
/* The compiler must not end a function with a jump to the next one: each has something to do after its call. */
#define AFTER_CALL __asm__ volatile("" ::: "memory")

typedef void Callback(void);

/* A call whose name stands only in the macros (-g3). */
#define CALL_THROUGH_MACRO(callback) \
  do {                               \
    callback();                      \
    AFTER_CALL;                      \
  } while (0)

static volatile int never;

NOINLINE void stacks_wait(void) {
  while (!never) {
    pause();
    AFTER_CALL;
  }
}

/* outer -> inlined (inlined) -> middle -> inner -> the callback. */
NOINLINE void stacks_inner(Callback* callback) {
  CALL_THROUGH_MACRO(callback);
}

NOINLINE void stacks_middle(Callback* callback, int left) {
  char local[64];
  memset(local, left, sizeof local);
  if (left > 0) {
    stacks_middle(callback, left - 1);
  } else {
    stacks_inner(callback);
  }
  __asm__ volatile("" ::"r"(local) : "memory");
}

INLINE void stacks_inlined_deeply(Callback* callback) {
  stacks_middle(callback, 2);
  AFTER_CALL;
}

INLINE void stacks_inlined(Callback* callback) {
  stacks_inlined_deeply(callback);
  AFTER_CALL;
}

NOINLINE void stacks_outer(Callback* callback) {
  stacks_inlined(callback);
  AFTER_CALL;
}

void stacks_block(void) {
  stacks_outer(stacks_wait);
  AFTER_CALL;
}

/* A frame of a size that only the run knows. */
NOINLINE void stacks_variable_frame(Callback* callback, int size) {
  char* local = __builtin_alloca((size_t)size);
  memset(local, 1, (size_t)size);
  callback();
  __asm__ volatile("" ::"r"(local) : "memory");
}

/* A frame larger than what a tool copies of each stack. */
NOINLINE void stacks_large_frame(Callback* callback) {
  char local[100000];
  memset(local, 1, sizeof local);
  callback();
  __asm__ volatile("" ::"r"(local) : "memory");
}

/* A handler that does not come back, on a stack of its own where `own_stack` is set; the frame under it made a fault.
 */
static NOINLINE void stacks_in_handler(void) {
  stacks_wait();
  AFTER_CALL;
}

static void stacks_handler(int number, siginfo_t* information, void* context) {
  (void)number, (void)information, (void)context;
  stacks_in_handler();
  AFTER_CALL;
}

static void install_handler(int number, int own_stack) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_sigaction = stacks_handler;
  action.sa_flags = SA_SIGINFO;
  if (own_stack) {
    const size_t size = 256 << 10;
    stack_t stack;
    memset(&stack, 0, sizeof stack);
    stack.ss_sp = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    stack.ss_size = size;
    sigaltstack(&stack, NULL);
    action.sa_flags |= SA_ONSTACK;
  }
  sigaction(number, &action, NULL);
}

NOINLINE void stacks_write_to(volatile int* address) {
  *address = 1;
  AFTER_CALL;
}

void stacks_fault(int own_stack) {
  install_handler(SIGSEGV, own_stack);
  stacks_write_to((volatile int*)16);
  AFTER_CALL;
}

/* The same with a signal that comes at a system call. */
void stacks_interrupted(int own_stack) {
  install_handler(SIGALRM, own_stack);
  alarm(1);
  stacks_wait();
  AFTER_CALL;
}

/* Calls an address where no code is: the pc itself leads nowhere, the return address is on top of the stack. */
void stacks_call_nothing(int own_stack) {
  install_handler(SIGSEGV, own_stack);
  Callback* volatile nothing = NULL;
  nothing();
  AFTER_CALL;
}

/* Deaths, for cores. */
void stacks_die_of_fault(void) {
  stacks_write_to((volatile int*)16);
  AFTER_CALL;
}

void stacks_die_of_abort(void) {
  abort();
}

void stacks_die_of_call(void) {
  Callback* volatile nothing = NULL;
  nothing();
  AFTER_CALL;
}

NOINLINE int stacks_overflow(int depth) {
  volatile char local[1024];
  local[0] = (char)depth;
  return stacks_overflow(depth + 1) + local[0];
}

/* Jumps out of three frames, then calls from where it landed: nothing of the frames that are gone may be shown. */
static jmp_buf landing;

static NOINLINE void stacks_jump(int left) {
  volatile char local[256];
  local[0] = 1;
  if (left > 0) {
    stacks_jump(left - 1);
  }
  longjmp(landing, local[0]);
}

static NOINLINE void stacks_landed(Callback* callback) {
  callback();
  AFTER_CALL;
}

void stacks_longjmp(Callback* callback) {
  if (setjmp(landing) == 0) {
    stacks_jump(3);
  }
  stacks_landed(callback);
  AFTER_CALL;
}

/* A thread that C begins, with a stack of its own choice. */
static Callback* of_thread;

static void* stacks_thread_start(void* argument) {
  (void)argument;
  stacks_outer(of_thread);
  AFTER_CALL;
  return NULL;
}

void stacks_begin_thread(Callback* callback) {
  pthread_t thread;
  pthread_attr_t attributes;
  of_thread = callback;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 512 << 10);
  pthread_create(&thread, &attributes, stacks_thread_start, NULL);
}
