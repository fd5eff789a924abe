# Waits for a lock of a file that its child holds.
import fcntl

import _wait

held = []


def hold():
    held.append(open(path, "w"))
    fcntl.flock(held[0], fcntl.LOCK_EX)


path = _wait.in_folder("lock")
other = _wait.child(hold)
wanted = open(path)
_wait.expect("waits for a flock on %s held by %d flocks.py" % (path, other),
             "waits for a flock on fd %d" % wanted.fileno(), "flock")
fcntl.flock(wanted, fcntl.LOCK_EX)
