"""A worker of a pool waits for a task, and for its turn to take one.

core: no
look: child
uses: /dev/shm
"""
import multiprocessing
import time


def work(number):
    return number


if __name__ == "__main__":
    pool = multiprocessing.get_context("fork").Pool(3)
    pool.map(work, range(3))
    print("ready", flush=True)
    time.sleep(1000)
