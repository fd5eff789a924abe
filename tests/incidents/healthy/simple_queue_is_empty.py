"""Threads wait for items of a queue.SimpleQueue."""
import queue
import threading

items = queue.SimpleQueue()
for _ in range(2):
    threading.Thread(target=items.get, daemon=True).start()
print("ready", flush=True)
items.get()
