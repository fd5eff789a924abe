"""The workers of a multiprocessing pool have nothing to do.

uses: /dev/shm
"""
import multiprocessing
import threading


def nothing(_):
    return None


if __name__ == "__main__":
    with multiprocessing.get_context("fork").Pool(2) as pool:
        pool.map(nothing, range(4))
        print("ready", flush=True)
        threading.Event().wait()
