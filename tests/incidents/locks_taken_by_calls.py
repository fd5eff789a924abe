"""Locks taken by acquire() and release(), in opposite order, and threads that wait behind them.

likely lock-cycle: Deadlock: threads {tid} "reader" ({file}:{line:READ} in read) and {tid} "writer" ({file}:{line:WRITE} in write)
    wait for one another
"""
import threading

index, data = threading.Lock(), threading.Lock()
both = threading.Barrier(2)


def read():
    index.acquire()
    both.wait()
    data.acquire()  # READ
    data.release()
    index.release()


def write():
    data.acquire()
    both.wait()
    index.acquire()  # WRITE
    index.release()
    data.release()


print("ready", flush=True)
threading.Thread(target=read, name="reader").start()
threading.Thread(target=write, name="writer").start()
