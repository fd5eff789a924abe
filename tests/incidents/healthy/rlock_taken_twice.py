"""A thread has taken an RLock twice and sleeps; another one waits for it."""
import threading
import time

lock = threading.RLock()
taken = threading.Event()


def inner():
    with lock:
        taken.set()
        time.sleep(1000)


def outer():
    with lock:
        inner()


threading.Thread(target=outer, daemon=True).start()
taken.wait()
print("ready", flush=True)
with lock:
    pass
