# Threads that wait in a lock, an event, a queue and a sleep.
import threading
import time

import _truth

try:
    import queue
except ImportError:
    import Queue as queue


def wait_in_lock(lock):
    lock.acquire()


class Worker(object):
    def run(self, source):
        return source.get()

    @staticmethod
    def wait(event):
        event.wait()


def start(name, target, *args):
    thread = threading.Thread(target=target, args=args, name=name)
    thread.daemon = True
    thread.start()


held = threading.Lock()
held.acquire()
start("in lock", wait_in_lock, held)
start("in queue", Worker().run, queue.Queue())
start("in event", Worker.wait, threading.Event())
start("in sleep", lambda: time.sleep(1000))
_truth.watch()
_truth.block()
