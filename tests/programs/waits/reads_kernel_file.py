# Reads from a file that is nothing but a part of the kernel: argv[2] says which.
import ctypes
import os
import sys

import _wait

libc = ctypes.CDLL(None)


def eventfd():
    fd = libc.eventfd(0, 0)
    return fd, "eventfd %d (count 0)" % fd


def timerfd():
    fd = libc.timerfd_create(1, 0)
    libc.timerfd_settime(fd, 0, (ctypes.c_long * 4)(0, 0, 1000, 0), None)
    return fd, "timerfd %d (goes off in # s)" % fd


def inotify():
    fd = libc.inotify_init()
    libc.inotify_add_watch(fd, _wait.in_folder("").encode(), 0x400)  # IN_DELETE_SELF
    return fd, "inotify %d (1 watch)" % fd


def signalfd():
    usr1 = (ctypes.c_ulong * 16)(1 << 9)
    fd = libc.signalfd(-1, usr1, 0)
    return fd, "signalfd %d (SIGUSR1)" % fd


fd, words = globals()[sys.argv[2]]()
_wait.expect("reads from " + words, "reads from fd %d" % fd, "read")
os.read(fd, 128)
