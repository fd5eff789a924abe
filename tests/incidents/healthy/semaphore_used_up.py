"""Two workers hold a semaphore of two while they work, and a third one waits for one of them."""
import threading
import time

slots = threading.Semaphore(2)
working = threading.Barrier(3)


def work():
    with slots:
        working.wait()
        time.sleep(1000)


for _ in range(2):
    threading.Thread(target=work, daemon=True).start()
working.wait()
print("ready", flush=True)
with slots:
    pass
