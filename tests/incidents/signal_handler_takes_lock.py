"""A signal handler takes the lock that the code holds which it interrupts.

likely signal-reentry: Deadlock: the signal handler at {file}:{line:HANDLER} in handle interrupted thread {tid} {any} while
    that held lock `lock`, and waits for it
"""
import os
import signal
import threading

lock = threading.Lock()
counters = {}


def handle(number, frame):
    print("ready", flush=True)
    with lock:  # HANDLER
        counters["signals"] = 1


def count():
    with lock:
        counters["calls"] = 1
        os.kill(os.getpid(), signal.SIGUSR1)
        counters["calls"] += 1


signal.signal(signal.SIGUSR1, handle)
threading.Thread(target=threading.Event().wait, daemon=True).start()
count()
