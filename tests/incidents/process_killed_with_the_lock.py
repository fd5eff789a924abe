"""A process was killed while it had a lock that it shares with others.

core: no
uses: /dev/shm
likely lock-abandoned: Thread {tid} "MainThread" ({file}:{line:WAITS} in <module>) waits for multiprocessing lock `lock`, which
    a process has taken that is gone: nobody is left who could let go of it
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
    worker = fork.Process(target=work, args=(lock, there))
    worker.start()
    here.recv()
    os.kill(worker.pid, signal.SIGKILL)
    worker.join()
    print("ready", flush=True)
    with lock:  # WAITS
        pass
