"""The garbage collector runs a finalizer, which waits for a thread to answer.

certain gc-finalizer: Garbage collection in thread {tid} "MainThread" stands still: the finalizer at {file}:{line:WAITS} in
    {any}__del__ waits
"""
import gc
import queue
import threading


class Connection:
    def __init__(self):
        self.itself = self
        self.answers = queue.Queue()

    def __del__(self):
        print("ready", flush=True)
        self.answers.get()  # WAITS


def use():
    Connection()


threading.Thread(target=threading.Event().wait, daemon=True).start()
use()
gc.collect()
