"""A child was forked while a thread of its parent held a lock: in the child nobody can let go of it.

core: no
look: child

certain fork-lock: Thread {tid} {any} waits at {file}:{line:WAITS} in work for lock `lock`, and nobody here can
    let go of it: the fork left the other threads behind
"""
import os
import threading

lock = threading.Lock()
held = threading.Event()


def hold():
    with lock:
        held.set()
        threading.Event().wait()


def work():
    with lock:  # WAITS
        pass


threading.Thread(target=hold, daemon=True).start()
held.wait()
child = os.fork()
if child == 0:
    work()
    os._exit(0)
print("ready", flush=True)
os.waitpid(child, 0)
