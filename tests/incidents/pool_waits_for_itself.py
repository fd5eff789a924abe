"""Each worker of a pool waits for a task that it has put into the same pool.

certain pool-exhausted: Deadlock: all 2 workers of a thread pool, {tid} "pool_0" ({file}:{line:WAITS} in outer) and {tid}
    "pool_1" ({any}), wait for results of tasks that are queued in it
"""
import threading
from concurrent.futures import ThreadPoolExecutor

pool = ThreadPoolExecutor(2, thread_name_prefix="pool")
both = threading.Barrier(2)


def outer():
    if both.wait() == 0:
        print("ready", flush=True)
    return pool.submit(len, "inner").result()  # WAITS


for future in [pool.submit(outer) for _ in range(2)]:
    future.result()
