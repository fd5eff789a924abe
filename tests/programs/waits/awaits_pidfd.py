# Waits in poll() for the end of its child.
import os
import select

import _wait

other = _wait.child()
fd = os.pidfd_open(other)
poll = select.poll()
poll.register(fd, select.POLLIN)
_wait.expect("waits in poll on pidfd %d (process %d awaits_pidfd.py (sleeping))" % (fd, other),
             "waits in poll on fd %d" % fd, "poll", "ppoll")
poll.poll()
