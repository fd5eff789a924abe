"""Two pools of one worker each: the task of each waits for a task that is queued in the other one.

certain pool-exhausted: Deadlock: all 2 workers of 2 thread pools, {any}, wait for results of tasks that are queued
    in them
"""
import threading
from concurrent.futures import ThreadPoolExecutor

readers = ThreadPoolExecutor(1, thread_name_prefix="readers")
writers = ThreadPoolExecutor(1, thread_name_prefix="writers")
both = threading.Barrier(2)


def ask(other):
    if both.wait() == 0:
        print("ready", flush=True)
    return other.submit(len, "task").result()


first, second = readers.submit(ask, writers), writers.submit(ask, readers)
first.result()
