# Waits for somebody to connect to a socket with a name.
import socket

import _wait

server = socket.socket(socket.AF_UNIX)
server.bind(_wait.in_folder("server.sock"))
server.listen(1)
_wait.expect("waits in accept on Unix socket %d %s (listening)" % (server.fileno(), server.getsockname()),
             "waits in accept on fd %d" % server.fileno(), "accept", "accept4")
server.accept()
