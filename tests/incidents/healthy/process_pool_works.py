"""main waits for the result of a task that a process of a pool works on.

uses: /dev/shm
"""
import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor


def work(seconds):
    if seconds:
        print("ready", flush=True)
    time.sleep(seconds)


if __name__ == "__main__":
    try:
        pool = ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("fork"))
        pool.submit(work, 1000).result()
    finally:
        pool.shutdown(wait=False)
