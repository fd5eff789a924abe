"""A forked child has a lock of its own, and one of its threads works with it while another one waits for it.

look: child
"""
import os
import threading
import time

child = os.fork()
if child == 0:
    lock = threading.Lock()
    taken = threading.Event()

    def work():
        with lock:
            taken.set()
            time.sleep(1000)

    threading.Thread(target=work, daemon=True).start()
    taken.wait()
    with lock:
        pass
print("ready", flush=True)
os.waitpid(child, 0)
