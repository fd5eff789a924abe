"""A lock that is a bell: the worker takes it and asks for it again, and goes on whenever the other thread lets go of it."""
import socket
import threading

bell = threading.Lock()
here, there = socket.socketpair()
asleep = threading.Event()


def answer():
    bell.acquire()
    asleep.set()
    while True:
        bell.acquire()


def listen():
    while here.recv(1):
        bell.release()


threading.Thread(target=answer, daemon=True, name="worker").start()
asleep.wait()
threading.Thread(target=listen, daemon=True, name="listener").start()
print("ready", flush=True)
there.recv(1)
