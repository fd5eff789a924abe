"""A process was killed while it waited for an item of a queue: it has the lock of the readers for ever.

core: no
uses: /dev/shm
likely lock-abandoned: Thread {tid} "MainThread" ({file}:{line:WAITS} in <module>) waits for multiprocessing lock
    `tasks._rlock`, which a process has taken that is gone: nobody is left who could let go of it
"""
import multiprocessing
import os
import pathlib
import signal


def work(tasks, taken):
    taken.send(True)
    tasks.get()


def reads(pid):
    """Whether it sleeps in read(), as whoever has the lock of the readers."""
    return pathlib.Path(f"/proc/{pid}/syscall").read_text().split()[0] == {"x86_64": "0", "aarch64": "63"}[os.uname().machine]


if __name__ == "__main__":
    fork = multiprocessing.get_context("fork")
    tasks = fork.Queue()
    here, there = fork.Pipe()
    worker = fork.Process(target=work, args=(tasks, there))
    worker.start()
    here.recv()
    while not reads(worker.pid):
        pass
    os.kill(worker.pid, signal.SIGKILL)
    worker.join()
    print("ready", flush=True)
    tasks.get()  # WAITS
