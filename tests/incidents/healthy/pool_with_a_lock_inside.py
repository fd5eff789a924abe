"""A `with` block of an object that has a lock for something else does not hold that lock.

needs: 3.8
"""
import socket
import threading

here, there = socket.socketpair()
begun = threading.Event()


class Service:
    def __init__(self):
        self.guard = threading.Lock()
        self.guard.acquire()  # until somebody has sent the configuration

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        pass

    def configure(self):
        here.recv(1)
        self.guard.release()

    def ask(self):
        self.guard.acquire()
        self.guard.release()


with Service() as service:
    threading.Thread(target=service.configure, daemon=True).start()
    print("ready", flush=True)
    service.ask()
