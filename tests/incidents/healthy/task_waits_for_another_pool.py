"""The only worker of one pool waits for a task that another pool works on."""
import time
from concurrent.futures import ThreadPoolExecutor

outer, inner = ThreadPoolExecutor(1), ThreadPoolExecutor(1)


def work():
    print("ready", flush=True)
    time.sleep(1000)


def ask():
    return inner.submit(work).result()


outer.submit(ask).result()
