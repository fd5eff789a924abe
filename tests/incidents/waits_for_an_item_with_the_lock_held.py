"""The consumer waits for an item inside the lock that the producer needs to make one.

likely lock-held: 1 thread waits for lock `lock`, held by thread {tid} "consumer" ({file}:{line:GET} in consume), which waits for
    an item of queue `items`
"""
import queue
import threading

items = queue.Queue()
lock = threading.RLock()
begun = threading.Event()


def consume():
    with lock:
        begun.set()
        items.get()  # GET


def produce():
    begun.wait()
    with lock:
        items.put(1)


print("ready", flush=True)
threading.Thread(target=consume, name="consumer").start()
threading.Thread(target=produce, name="producer").start()
