// What a stop costs at least: seize and interrupt every thread, copy its registers and 16 KiB of its stack, let go.
#define _GNU_SOURCE
#include <dirent.h>
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>

int main(int argc, char **argv) {
  static pid_t tids[100000];
  static char copy[16384];
  char path[64];
  int count = 0;
  if (argc != 2) {
    return 2;
  }
  snprintf(path, sizeof path, "/proc/%s/task", argv[1]);
  DIR *dir = opendir(path);
  for (struct dirent *entry; dir && (entry = readdir(dir)) && count < 100000;) {
    if (atoi(entry->d_name) > 0) {
      tids[count++] = atoi(entry->d_name);
    }
  }
  for (int i = 0; i < count; i++) {
    ptrace(PTRACE_SEIZE, tids[i], 0, 0);
  }
  for (int i = 0; i < count; i++) {
    ptrace(PTRACE_INTERRUPT, tids[i], 0, 0);
  }
  for (int i = 0; i < count; i++) {
    waitpid(tids[i], NULL, __WALL);
  }
  for (int i = 0; i < count; i++) {
    struct user_regs_struct registers;
    struct iovec vector = {&registers, sizeof registers};
    ptrace(PTRACE_GETREGSET, tids[i], NT_PRSTATUS, &vector);
#if defined(__x86_64__)
    void *stack = (void *)registers.rsp;
#else
    void *stack = (void *)registers.sp;
#endif
    struct iovec into = {copy, sizeof copy};
    struct iovec from = {stack, sizeof copy};
    process_vm_readv(atoi(argv[1]), &into, 1, &from, 1, 0);
  }
  for (int i = 0; i < count; i++) {
    ptrace(PTRACE_DETACH, tids[i], 0, 0);
  }
  return 0;
}
