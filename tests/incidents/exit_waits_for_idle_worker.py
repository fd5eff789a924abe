"""The program is over, but a worker that is no daemon waits for work that will not come.

likely exit-blocked: The program is over and waits for thread {tid} "worker" to end, which waits at
    {file}:{line:WAITS} in work
"""
import queue
import threading

jobs = queue.Queue()


def work():
    while True:
        job = jobs.get()  # WAITS
        job()


threading.Thread(target=work, name="worker").start()
done = threading.Event()
jobs.put(done.set)
done.wait()
print("ready", flush=True)
