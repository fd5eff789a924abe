"""Two threads take two locks in the same order, and the first one sleeps with both."""
import threading
import time

a, b = threading.Lock(), threading.Lock()
taken = threading.Event()


def both():
    with a:
        with b:
            taken.set()
            time.sleep(1000)


threading.Thread(target=both, name="first", daemon=True).start()
taken.wait()
threading.Thread(target=both, name="second", daemon=True).start()
print("ready", flush=True)
time.sleep(1000)
