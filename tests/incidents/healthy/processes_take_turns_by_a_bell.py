"""A lock of multiprocessing that a process takes and asks for again, and that its child lets go of when there is work.

core: no
uses: /dev/shm
"""
import multiprocessing
import socket


def ring(bell, here):
    while here.recv(1):
        bell.release()


if __name__ == "__main__":
    fork = multiprocessing.get_context("fork")
    here, there = socket.socketpair()
    bell = fork.Lock()
    fork.Process(target=ring, args=(bell, here), daemon=True).start()
    bell.acquire()
    print("ready", flush=True)
    while True:
        bell.acquire()
