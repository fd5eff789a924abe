"""One thread takes a semaphore of one place twice.

likely self-deadlock: Deadlock: thread {tid} "MainThread" ({file}:{line:AGAIN} in fetch) waits for semaphore `limit`, which it
    holds itself
"""
import threading

limit = threading.Semaphore(1)


def fetch(depth):
    with limit:  # AGAIN
        if depth:
            fetch(depth - 1)


print("ready", flush=True)
fetch(1)
