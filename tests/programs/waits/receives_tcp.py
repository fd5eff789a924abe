# Waits for an answer that never comes.
import socket

import _wait

server = socket.socket()
server.bind(("127.0.0.1", 0))
server.listen(1)
client = socket.socket()
client.connect(server.getsockname())
silent, _ = server.accept()
_wait.expect("waits in recv on TCP 127.0.0.1:%d -> 127.0.0.1:%d (established)"
             % (client.getsockname()[1], server.getsockname()[1]),
             "waits in recv on fd %d" % client.fileno(), "recvfrom")
client.recv(1)
