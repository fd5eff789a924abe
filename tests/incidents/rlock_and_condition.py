"""An RLock and a Condition in opposite order: both name their owners.

certain lock-cycle: Deadlock: threads {tid} "one" ({file}:{line:ONE} in one) and {tid} "other" ({file}:{line:OTHER} in other)
    wait for one another
"""
import threading

lock, changed = threading.RLock(), threading.Condition()
both = threading.Barrier(2)


def one():
    with lock:
        both.wait()
        with changed:  # ONE
            pass


def other():
    with changed:
        both.wait()
        with lock:  # OTHER
            pass


print("ready", flush=True)
threading.Thread(target=one, name="one").start()
threading.Thread(target=other, name="other").start()
