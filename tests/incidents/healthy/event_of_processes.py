"""A forked process waits for an event that its parent will set.

core: no
look: child
uses: /dev/shm
"""
import multiprocessing
import time


def work(event):
    event.wait()


if __name__ == "__main__":
    fork = multiprocessing.get_context("fork")
    event = fork.Event()
    fork.Process(target=work, args=(event,), daemon=True).start()
    print("ready", flush=True)
    time.sleep(1000)
