"""A process that was started anew, not forked, keeps a lock and waits for something else.

core: no
uses: /dev/shm
note lock-held: Thread {tid} "MainThread" ({file}:{line:WAITS} in <module>) waits for multiprocessing lock `lock` that process
    {any} holds
"""
import multiprocessing
import time


def work(lock, taken):
    with lock:
        taken.send(True)
        time.sleep(1000)


if __name__ == "__main__":
    spawn = multiprocessing.get_context("spawn")
    lock = spawn.Lock()
    here, there = spawn.Pipe()
    worker = spawn.Process(target=work, args=(lock, there), daemon=True)
    worker.start()
    here.recv()
    print("ready", flush=True)
    lock.acquire()  # WAITS
