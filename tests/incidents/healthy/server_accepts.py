"""A server waits for clients in accept(), and one of its threads for the next request of one that is connected."""
import socket
import threading

server = socket.socket()
server.bind(("127.0.0.1", 0))
server.listen(1)
client = socket.create_connection(server.getsockname())
connection, _ = server.accept()
threading.Thread(target=connection.recv, args=(1,), daemon=True).start()
print("ready", flush=True)
server.accept()
