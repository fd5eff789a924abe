"""A server handles requests one after the other and waits in between.

watch: 0.5
"""
import socket
import threading
import time

server = socket.socket()
server.bind(("127.0.0.1", 0))
server.listen(1)


def ask():
    while True:
        with socket.create_connection(server.getsockname()) as connection:
            connection.recv(1)
        time.sleep(0.01)


threading.Thread(target=ask, daemon=True).start()
print("ready", flush=True)
while True:
    connection, _ = server.accept()
    connection.sendall(b"x")
    connection.close()
