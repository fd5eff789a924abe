# Threads that wait in calls of the C library of many kinds, each thread named for its own.
import os
import select
import socket
import threading
import time

import _truth

lock = threading.Lock()
lock.acquire()
pipe, writer = os.pipe()
listener = socket.socket()
listener.bind(("127.0.0.1", 0))
listener.listen()
epoll = select.epoll()
poll = select.poll()
poll.register(pipe, select.POLLIN)
child = os.fork()
if child == 0:
    os.close(writer)
    os.read(pipe, 1)  # until its parent is gone
    os._exit(0)

CALLS = {
    "sleep": lambda: time.sleep(100000),
    "read": lambda: os.read(pipe, 1),
    "lock": lambda: lock.acquire(),
    "timed lock": lambda: lock.acquire(timeout=100000),
    "select": lambda: select.select([pipe], [], []),
    "poll": lambda: poll.poll(),
    "epoll": lambda: epoll.poll(),
    "accept": lambda: listener.accept(),
    "wait for a child": lambda: os.waitpid(child, 0),
}


def block(name):
    CALLS[name]()


for name in CALLS:
    threading.Thread(target=block, args=(name,), name=name, daemon=True).start()
_truth.watch()
_truth.block()
