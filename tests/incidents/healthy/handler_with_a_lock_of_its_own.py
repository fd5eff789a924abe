"""A signal handler takes a lock that nobody holds, and waits in it for something else that comes in time."""
import os
import signal
import threading
import time

counting, reporting = threading.Lock(), threading.Lock()


def handle(number, frame):
    with reporting:
        print("ready", flush=True)
        time.sleep(1000)


signal.signal(signal.SIGUSR1, handle)
with counting:
    os.kill(os.getpid(), signal.SIGUSR1)
    time.sleep(1000)
