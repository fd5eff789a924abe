# Writes to a full pipe that only its child reads.
import errno
import fcntl
import os

import _wait

reader, writer = os.pipe()
other = _wait.child(lambda: os.close(writer))
os.close(reader)
flags = fcntl.fcntl(writer, fcntl.F_GETFL)
fcntl.fcntl(writer, fcntl.F_SETFL, flags | os.O_NONBLOCK)
try:
    while True:
        os.write(writer, b"x" * 4096)
except OSError as full:
    assert full.errno == errno.EAGAIN
fcntl.fcntl(writer, fcntl.F_SETFL, flags)
_wait.expect("writes to pipe %d (read by %d writes_pipe.py)" % (writer, other), "writes to fd %d" % writer, "write")
os.write(writer, b"x" * 4096)
