# Waits for a POSIX lock of a file that its child holds.
import fcntl

import _wait

held = []


def hold():
    held.append(open(path, "w"))
    fcntl.lockf(held[0], fcntl.LOCK_EX)


path = _wait.in_folder("lock")
other = _wait.child(hold)
wanted = open(path, "r+")
_wait.expect("waits for a POSIX lock on %s held by %d fcntl_locks.py" % (path, other),
             "waits for a POSIX lock on fd %d" % wanted.fileno(), "fcntl")
fcntl.lockf(wanted, fcntl.LOCK_EX)
