"""A consumer waits for the next item, and main waits for the consumer; the handler of a signal puts the last item."""
import queue
import signal
import threading

work = queue.Queue()
signal.signal(signal.SIGTERM, lambda *_: work.put(None))
consumer = threading.Thread(target=lambda: [item() for item in iter(work.get, None)], name="consumer")
consumer.start()
work.put(lambda: print("ready", flush=True))
consumer.join()
