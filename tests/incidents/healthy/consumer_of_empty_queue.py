"""A consumer waits for the next item, and main waits for the consumer."""
import queue
import threading

work = queue.Queue()
consumer = threading.Thread(target=lambda: [item() for item in iter(work.get, None)], name="consumer")
consumer.start()
work.put(lambda: print("ready", flush=True))
consumer.join()
