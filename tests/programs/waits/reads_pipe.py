# Reads from a pipe that only its child can write to.
import os

import _wait

reader, writer = os.pipe()
other = _wait.child(lambda: os.close(reader))
os.close(writer)
_wait.expect("reads from pipe %d (written by %d reads_pipe.py)" % (reader, other), "reads from fd %d" % reader, "read")
os.read(reader, 1)
