"""A thread ends by an exception between acquire() and release().

certain lock-abandoned: Thread {tid} "MainThread" ({file}:{line:WAIT} in {any}) waits for lock `lock`, whose holder is gone:
    nobody is left who could let go of it
"""
import threading

lock = threading.RLock()


def fail():
    lock.acquire()
    raise ValueError("before release()")


threading.excepthook = lambda details: None
failing = threading.Thread(target=fail)
failing.start()
failing.join()
print("ready", flush=True)
with lock:  # WAIT
    pass
