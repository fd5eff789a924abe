# Reads from a FIFO that its child has opened to write.
import os

import _wait

path = _wait.in_folder("fifo")
os.mkfifo(path)
reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
os.set_blocking(reader, True)
other = _wait.child(lambda: (os.open(path, os.O_WRONLY), os.close(reader)))
_wait.expect("reads from FIFO %d %s (written by %d reads_fifo.py)" % (reader, path, other), "reads from fd %d" % reader,
             "read")
os.read(reader, 1)
