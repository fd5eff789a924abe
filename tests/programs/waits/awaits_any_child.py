# Waits for any of its children to end.
import os

import _wait

one = _wait.child()
other = _wait.child()
_wait.expect("waits for any child: %d awaits_any_child.py (sleeping), %d awaits_any_child.py (sleeping)" % (one, other),
             "waits for any child", "wait4")
os.wait()
