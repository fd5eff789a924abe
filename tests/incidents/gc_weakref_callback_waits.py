"""The garbage collector runs the callback of a weak reference, which waits for a lock.

certain gc-finalizer: Garbage collection in thread {tid} "MainThread" stands still: the finalizer at {file}:{line:WAITS} in
    forget waits
"""
import gc
import threading
import weakref

cache = threading.Condition()


class Node:
    def __init__(self):
        self.itself = self


def forget(reference):
    print("ready", flush=True)
    with cache:
        cache.wait()  # WAITS


reference = weakref.ref(Node(), forget)
gc.collect()
