"""A thread waits for an item of a queue.SimpleQueue."""
import queue
import threading

items = queue.SimpleQueue()


def serve():
    items.get()


threading.Thread(target=serve, name="server", daemon=True).start()
print("ready", flush=True)
threading.Event().wait()
