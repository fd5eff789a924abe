# One thread runs, so that the program has to be stopped; the others wait.
import os
import threading

import _truth

reader, writer = os.pipe()
lock = threading.Lock()
lock.acquire()


def start(name, target):
    thread = threading.Thread(target=target, name=name)
    thread.daemon = True
    thread.start()


def spin():
    while True:
        pass


start("reads", lambda: os.read(reader, 1))
start("locks", lambda: lock.acquire(timeout=600))
_truth.ready()
spin()

lock.release()
