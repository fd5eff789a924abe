# Waits for its child to say something on a socket pair.
import socket

import _wait

ours, theirs = socket.socketpair()
other = _wait.child(ours.close)
theirs.close()
_wait.expect("waits in recv on Unix socket %d (connected to %d receives_unix.py)" % (ours.fileno(), other),
             "waits in recv on fd %d" % ours.fileno(), "recvfrom")
ours.recv(1)
