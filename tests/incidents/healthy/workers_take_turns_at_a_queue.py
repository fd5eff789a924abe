"""Workers take a batch of items each, one of them after the other, so that a batch stays together."""
import queue
import threading
import socket

items = queue.Queue()
turn = threading.Lock()
here, there = socket.socketpair()


def work():
    while True:
        with turn:
            batch = [items.get() for _ in range(3)]
        print(batch)


def feed():
    while True:
        items.put(here.recv(1))


for i in range(4):
    threading.Thread(target=work, name="worker-%d" % i, daemon=True).start()
threading.Thread(target=feed, name="feeder", daemon=True).start()
print("ready", flush=True)
there.recv(1)
