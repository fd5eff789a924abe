"""Timers wait for their time."""
import threading
import time

for seconds in (1000, 2000):
    timer = threading.Timer(seconds, print)
    timer.daemon = True
    timer.start()
print("ready", flush=True)
time.sleep(1000)
