"""The workers of a thread pool have nothing to do, and main waits for an event that the handler of a signal sets."""
import signal
import threading
from concurrent.futures import ThreadPoolExecutor

pool = ThreadPoolExecutor(4)
rendezvous = threading.Barrier(4)
for future in [pool.submit(rendezvous.wait) for _ in range(4)]:
    future.result()
over = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: over.set())
print("ready", flush=True)
over.wait()
