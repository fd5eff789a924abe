"""A condition that the program has written itself, as that of threading.

Each who waits has a lock, takes it, and asks for
it again by a function that takes a timeout, until a thread lets go of it.
"""
import socket
import threading

here, there = socket.socketpair()


def take(lock, timeout):
    return lock.acquire(True, timeout)


class Notice:
    def __init__(self):
        self.waiting = []

    def wait(self):
        own = threading.Lock()
        own.acquire()
        self.waiting.append(own)
        took = take(own, -1)
        own.release()
        return took


notice = Notice()


def listen():
    while here.recv(1):
        notice.waiting.pop().release()


for i in range(2):
    threading.Thread(target=notice.wait, daemon=True, name="waits-%d" % i).start()
threading.Thread(target=listen, daemon=True, name="listener").start()
print("ready", flush=True)
there.recv(1)
