# Threads that compute, so that all but one wait for the GIL.
import threading

import _truth


def spin():
    total = 0
    while True:
        for step in range(1000):
            total += step


for number in range(3):
    thread = threading.Thread(target=spin, name="spinner-%d" % number)
    thread.daemon = True
    thread.start()
_truth.ready()
spin()
