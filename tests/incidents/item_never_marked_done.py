"""A worker goes on to the next item without task_done() where the work has failed, and join() never returns.

likely unfinished-queue: Thread {tid} "MainThread" ({file}:{line:WAITS} in <module>) waits until all items of queue `jobs` are
    done, and nobody is left to do that: the thread that takes from it waits for more
"""
import queue
import threading

jobs = queue.Queue()


def work():
    while True:
        job = jobs.get()
        try:
            job()
        except ZeroDivisionError:
            continue
        jobs.task_done()


threading.Thread(target=work, name="worker", daemon=True).start()
jobs.put(lambda: 1 / 0)
jobs.put(lambda: print("ready", flush=True))
jobs.join()  # WAITS
