"""One thread reads from a peer that says nothing, with a lock that the others need.

likely lock-held: 3 threads wait for lock `self.lock`, likely held by thread {tid} "first" ({file}:{line:READ} in {any}), which
    {any}
"""
import socket
import threading

here, there = socket.socketpair()
begun = threading.Event()


class Connection:
    def __init__(self):
        self.lock = threading.Lock()

    def request(self):
        with self.lock:
            begun.set()
            here.recv(1)  # READ


connection = Connection()
print("ready", flush=True)
for name in ("first", "second", "third", "fourth"):
    threading.Thread(target=connection.request, name=name).start()
    begun.wait()
