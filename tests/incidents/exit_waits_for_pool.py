"""The program is over, and a task of a thread pool waits for an event that nobody sets.

likely exit-blocked: The program is over and waits for thread {tid} "pool_0" to end, which waits at
    {file}:{line:WAITS} in task
"""
import threading
from concurrent.futures import ThreadPoolExecutor

stop = threading.Event()


def task():
    print("ready", flush=True)
    stop.wait()  # WAITS


ThreadPoolExecutor(4, thread_name_prefix="pool").submit(task)
