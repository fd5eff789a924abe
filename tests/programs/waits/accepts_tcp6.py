# Waits for somebody to connect by IPv6.
import socket

import _wait

server = socket.socket(socket.AF_INET6)
server.bind(("::1", 0))
server.listen(1)
_wait.expect("waits in accept on TCP [::1]:%d (listening)" % server.getsockname()[1],
             "waits in accept on fd %d" % server.fileno(), "accept", "accept4")
server.accept()
