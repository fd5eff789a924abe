"""The only thread waits for an item of a queue that nobody else has.

core: no
certain standstill: Nobody is left to wake anybody: thread {tid} "MainThread" ({file}:{line:WAITS} in <module>) waits for an item
    of queue `jobs`{any}
"""
import queue

jobs = queue.Queue()
print("ready", flush=True)
jobs.get()  # WAITS
