"""A program has signal handlers and waits for a signal, beside a thread that holds a lock."""
import signal
import threading
import time

lock = threading.Lock()
taken = threading.Event()
signal.signal(signal.SIGUSR1, lambda number, frame: None)
signal.signal(signal.SIGTERM, lambda number, frame: None)


def hold():
    with lock:
        taken.set()
        time.sleep(1000)


threading.Thread(target=hold, daemon=True).start()
taken.wait()
print("ready", flush=True)
signal.pause()
