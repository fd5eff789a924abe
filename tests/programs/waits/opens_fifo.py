# Opens a FIFO that nobody writes to.
import os

import _wait

path = _wait.in_folder("fifo")
os.mkfifo(path)
_wait.expect("opens " + path, "opens " + path, "open", "openat")
os.open(path, os.O_RDONLY)
