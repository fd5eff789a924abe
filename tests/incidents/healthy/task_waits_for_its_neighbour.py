"""One worker of a pool waits for a task that the other worker of the same pool works on."""
import time
from concurrent.futures import ThreadPoolExecutor

pool = ThreadPoolExecutor(2)


def work():
    print("ready", flush=True)
    time.sleep(1000)


def ask():
    return pool.submit(work).result()


pool.submit(ask).result()
