# Waits for somebody to type.
import os

import _wait

keyboard, terminal = os.openpty()
_wait.expect("reads from terminal %d %s" % (terminal, os.ttyname(terminal)), "reads from fd %d" % terminal, "read")
os.read(terminal, 1)
