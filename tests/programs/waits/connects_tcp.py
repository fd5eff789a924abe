# Connects to a server that takes nobody any more.
import socket

import _wait

server = socket.socket()
server.bind(("127.0.0.1", 0))
server.listen(0)
waiting = []
for _ in range(4):
    one = socket.socket()
    one.setblocking(False)
    one.connect_ex(server.getsockname())
    waiting.append(one)
client = socket.socket()
client.bind(("127.0.0.1", 0))
_wait.expect("waits in connect on TCP 127.0.0.1:%d -> 127.0.0.1:%d (connecting)"
             % (client.getsockname()[1], server.getsockname()[1]),
             "waits in connect on fd %d" % client.fileno(), "connect")
client.connect(server.getsockname())
