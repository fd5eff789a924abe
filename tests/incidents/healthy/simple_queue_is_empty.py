"""Threads wait for items of a queue.SimpleQueue, into which the handler of a signal puts the last ones."""
import queue
import signal
import threading

items = queue.SimpleQueue()
signal.signal(signal.SIGTERM, lambda *_: items.put(None))
for _ in range(2):
    threading.Thread(target=items.get, daemon=True).start()
print("ready", flush=True)
items.get()
