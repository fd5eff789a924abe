# Waits for somebody to connect.
import socket

import _wait

server = socket.socket()
server.bind(("127.0.0.1", 0))
server.listen(1)
_wait.expect("waits in accept on TCP 127.0.0.1:%d (listening)" % server.getsockname()[1],
             "waits in accept on fd %d" % server.fileno(), "accept", "accept4")
server.accept()
