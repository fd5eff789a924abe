"""No more than two uploads at once: a place is taken before each, and given back by the one that has ended."""
import concurrent.futures
import socket
import threading

places = threading.BoundedSemaphore(2)
pool = concurrent.futures.ThreadPoolExecutor(2)
here, there = socket.socketpair()


def upload(number):
    try:
        here.recv(1)
    finally:
        places.release()


def submit(number):
    places.acquire()
    return pool.submit(upload, number)


with places:  # the main program has a place of its own meanwhile
    submit(0)
    print("ready", flush=True)
    submit(1)
