"""A lock of multiprocessing is taken again by the thread that has it.

core: no
uses: /dev/shm
certain self-deadlock: Deadlock: thread {tid} "MainThread" ({file}:{line:AGAIN} in save) waits for multiprocessing lock
    `lock`, which it holds itself
"""
import multiprocessing

lock = multiprocessing.Lock()


def save(again):
    with lock:  # AGAIN
        if again:
            save(False)


print("ready", flush=True)
save(True)
