"""A queue of multiprocessing is full, and nobody takes from it yet.

core: no
uses: /dev/shm
"""
import multiprocessing

if __name__ == "__main__":
    tasks = multiprocessing.Queue(1)
    tasks.put(1)
    print("ready", flush=True)
    tasks.put(2)
