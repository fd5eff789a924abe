"""One thread sleeps with a lock, as it does for a while each minute, and two others wait for it."""
import threading
import time

lock = threading.Lock()
taken = threading.Event()


def hold():
    with lock:
        taken.set()
        time.sleep(1000)


def wait():
    with lock:
        pass


for target in (hold, wait, wait):
    threading.Thread(target=target, daemon=True).start()
    taken.wait()
print("ready", flush=True)
time.sleep(1000)
