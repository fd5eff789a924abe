# Waits for its child to end.
import os

import _wait

other = _wait.child()
_wait.expect("waits for child %d awaits_child.py (sleeping)" % other, "waits for child %d" % other, "wait4")
os.waitpid(other, 0)
