"""The items of a queue are being worked at: one worker reads what somebody else will write, the other waits for more."""
import os
import queue
import threading

jobs = queue.Queue()
reader, writer = os.pipe()


def work():
    while True:
        job = jobs.get()
        job()
        jobs.task_done()


for _ in range(2):
    threading.Thread(target=work, daemon=True).start()
jobs.put(lambda: os.read(reader, 1))
jobs.put(lambda: print("ready", flush=True))
jobs.join()
