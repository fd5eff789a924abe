"""THREADS threads of a healthy program that wait for work, as those of a server do: half for an item of a queue, half for
an event. It says "ready" when all of them wait.

    waiters.py THREADS
"""

import queue
import sys
import threading
import time

items, go_on = queue.Queue(), threading.Event()


def serve(left, wait):
    return serve(left - 1, wait) if left else wait()


threads = int(sys.argv[1])
for number in range(threads - 1):
    wait = items.get if number % 2 else go_on.wait
    threading.Thread(target=serve, args=(40, wait), daemon=True).start()
while len(items.not_empty._waiters) + len(go_on._cond._waiters) < threads - 1:
    time.sleep(0.01)
print("ready", flush=True)
time.sleep(1000)
