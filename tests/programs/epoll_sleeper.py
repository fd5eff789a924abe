# Sleeps in epoll_wait through ctypes and counts how often that is interrupted; a signal USR1 makes it tell.
import ctypes
import os
import select
import signal
import sys

import _truth

libc = ctypes.CDLL(None, use_errno=True)
epoll = select.epoll()
reader, writer = os.pipe()
epoll.register(reader, select.EPOLLIN)
events = ctypes.create_string_buffer(12 * 8)
interrupted = 0
_truth.ready()
while True:
    got = libc.epoll_wait(epoll.fileno(), events, 1, 700)
    if got < 0:
        interrupted += 1
    with open(sys.argv[1] + ".new", "w") as out:
        out.write("%d" % interrupted)
    os.rename(sys.argv[1] + ".new", sys.argv[1])
