"""A thread is joined inside the `with` block of the lock that it needs to end.

likely lock-cycle: Deadlock: threads {tid} "MainThread" ({file}:{line:JOIN} in stop) and {tid} "worker" ({file}:{line:WORK} in work)
    wait for one another
"""
import threading

lock = threading.Lock()
told = threading.Event()


def work():
    told.wait()
    with lock:  # WORK
        pass


def stop(worker):
    with lock:
        told.set()
        worker.join()  # JOIN


worker = threading.Thread(target=work, name="worker")
worker.start()
print("ready", flush=True)
stop(worker)
