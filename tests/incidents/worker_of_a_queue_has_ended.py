"""The only worker was ended by what its work raised, and join() waits for the items that are left.

likely unfinished-queue: Thread {tid} "MainThread" ({file}:{line:WAITS} in <module>) waits until all items of queue `jobs` are
    done, and nobody is left to do that: there is no other thread of Python
"""
import queue
import sys
import threading

jobs = queue.Queue()


def work():
    while True:
        jobs.get()()
        jobs.task_done()


sys.stderr.close()
worker = threading.Thread(target=work, name="worker", daemon=True)
jobs.put(lambda: print("ready", flush=True))
jobs.put(lambda: 1 / 0)
jobs.put(print)
worker.start()
jobs.join()  # WAITS
