# Waits in poll() for a pipe and a datagram.
import os
import select
import socket

import _wait

reader, writer = os.pipe()
box = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
box.bind(("127.0.0.1", 0))
poll = select.poll()
poll.register(reader, select.POLLIN)
poll.register(box.fileno(), select.POLLIN)
_wait.expect("waits in poll on 2 fds: pipe %d (written by this process), UDP 127.0.0.1:%d, for at most 600 s"
             % (reader, box.getsockname()[1]),
             "waits in poll on 2 fds: fd %d, fd %d, for at most 600 s" % (reader, box.fileno()), "poll", "ppoll")
poll.poll(600000)
