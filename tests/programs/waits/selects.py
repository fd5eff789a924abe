# Waits in select() until a pipe can be read.
import os
import select

import _wait

reader, writer = os.pipe()
_wait.expect("waits in select on pipe %d (written by this process), for at most 600 s" % reader,
             "waits in select on fd %d, for at most 600 s" % reader, "select", "pselect6")
select.select([reader], [], [], 600)
