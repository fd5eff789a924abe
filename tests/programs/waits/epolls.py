# Waits in epoll for a pipe and for somebody to connect.
import os
import select
import socket

import _wait

server = socket.socket()
server.bind(("127.0.0.1", 0))
server.listen(1)
reader, writer = os.pipe()
epoll = select.epoll()
epoll.register(reader, select.EPOLLIN)
epoll.register(server.fileno(), select.EPOLLIN)
_wait.expect("waits in epoll on 2 fds: TCP 127.0.0.1:%d (listening), pipe %d (written by this process), for at most 600 s"
             % (server.getsockname()[1], reader),
             "waits in epoll on fd %d, for at most 600 s" % epoll.fileno(), "epoll_wait", "epoll_pwait")
epoll.poll(600)
