"""A process that has a lock was stopped by a signal.

core: no
uses: /dev/shm
likely lock-held: Thread {tid} "MainThread" ({file}:{line:WAITS} in <module>) waits for multiprocessing lock `lock` that process
    {pid} {any} holds, which a signal has stopped
"""
import multiprocessing
import os
import signal
import time


def work(lock, taken):
    with lock:
        taken.send(True)
        time.sleep(1000)


if __name__ == "__main__":
    fork = multiprocessing.get_context("fork")
    lock = fork.Lock()
    here, there = fork.Pipe()
    worker = fork.Process(target=work, args=(lock, there), daemon=True)
    worker.start()
    here.recv()
    os.kill(worker.pid, signal.SIGSTOP)
    print("ready", flush=True)
    with lock:  # WAITS
        pass
