"""A method that takes the lock calls another one that takes it too.

likely self-deadlock: Deadlock: thread {tid} "MainThread" ({file}:{line:AGAIN} in {any}) waits for lock `self.lock`, which
    it holds itself
"""
import threading


class Cache:
    def __init__(self):
        self.lock = threading.Lock()
        self.items = {}

    def put(self, key, value):
        with self.lock:
            self.items[key] = value
            if len(self.items) > 0:
                self.shrink()

    def shrink(self):
        with self.lock:  # AGAIN
            self.items.clear()


print("ready", flush=True)
Cache().put(1, 2)
