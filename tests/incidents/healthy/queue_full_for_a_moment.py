"""A producer waits for a slow consumer, which works on an item."""
import queue
import threading
import time

work = queue.Queue(maxsize=1)
begun = threading.Event()


def consume():
    work.get()
    begun.set()
    time.sleep(1000)


threading.Thread(target=consume, daemon=True).start()
for i in range(2):
    work.put(i)
    begun.wait()
print("ready", flush=True)
work.put(2)
