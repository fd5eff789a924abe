# Waits for a datagram.
import socket

import _wait

box = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
box.bind(("127.0.0.1", 0))
_wait.expect("waits in recv on UDP 127.0.0.1:%d" % box.getsockname()[1], "waits in recv on fd %d" % box.fileno(),
             "recvfrom")
box.recvfrom(1)
