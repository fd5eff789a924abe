"""A finalizer writes into a log, in the middle of the code that writes into the same log.

likely finalizer-reentry: Deadlock: the finalizer at {file}:{any} in {any}__del__ runs in thread {tid} {any} while that holds
    {any}, and waits for it
"""
import gc
import threading

lock = threading.Lock()
log = []


class Connection:
    def __init__(self):
        self.itself = self

    def __del__(self):
        print("ready", flush=True)
        record("closed")


def record(text):
    with lock:
        log.append(text)
        gc.collect()


threading.Thread(target=threading.Event().wait, daemon=True).start()
Connection()
record("opened")
