"""main waits for a process of multiprocessing that works, with a queue between them that is empty.

uses: /dev/shm
"""
import multiprocessing
import time


def work(queue):
    queue.put(1)
    time.sleep(1000)


if __name__ == "__main__":
    fork = multiprocessing.get_context("fork")
    queue = fork.Queue()
    process = fork.Process(target=work, args=(queue,), daemon=True)
    process.start()
    queue.get()
    print("ready", flush=True)
    process.join()
