"""main has come to its end and leaves the work to a thread that is no daemon, as small servers do."""
import socket
import threading

server = socket.socket()
server.bind(("127.0.0.1", 0))
server.listen(1)
threading.Thread(target=server.accept, name="server").start()
print("ready", flush=True)
