"""Two readers of a queue of multiprocessing wait for an item: one reads, the other waits for its turn.

core: no
uses: /dev/shm
"""
import multiprocessing


def work(tasks):
    tasks.get()


if __name__ == "__main__":
    fork = multiprocessing.get_context("fork")
    tasks = fork.Queue()
    workers = [fork.Process(target=work, args=(tasks,), daemon=True) for _ in range(2)]
    for worker in workers:
        worker.start()
    print("ready", flush=True)
    tasks.get()
