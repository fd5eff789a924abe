"""Workers that have nothing to do, one of which waits for the next message of a socket that all of them read in turn."""
import socket
import threading

turn = threading.Lock()
messages = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
messages.bind(("127.0.0.1", 0))


def next_message():
    with turn:
        return messages.recvfrom(1024)


def serve():
    while True:
        print(next_message())


for i in range(4):
    threading.Thread(target=serve, name="worker-%d" % i, daemon=True).start()
print("ready", flush=True)
threading.Event().wait()
