"""The program is over, and an exit handler is still busy saving what it has."""
import atexit
import time


def save():
    print("ready", flush=True)
    time.sleep(1000)


atexit.register(save)
