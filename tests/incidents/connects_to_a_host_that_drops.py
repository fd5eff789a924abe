"""connect() to a server whose queue is full: what is sent to it is dropped, and no answer comes.

core: no

likely no-answer: Thread {tid} {any} waits at {file}:{line:CONNECTS} in <module> for an answer from 127.0.0.1:{any}, which has
    not come yet
"""
import socket

server = socket.socket()
server.bind(("127.0.0.1", 0))
server.listen(0)
waiting = []
for _ in range(3):  # one more than the queue takes
    client = socket.socket()
    client.setblocking(False)
    client.connect_ex(server.getsockname())
    waiting.append(client)
print("ready", flush=True)
socket.create_connection(server.getsockname())  # CONNECTS
