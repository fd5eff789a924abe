# A module whose file is gone.
import os
import sys

import _truth

folder = os.path.dirname(os.path.abspath(sys.argv[1]))
path = os.path.join(folder, "gone.py")
with open(path, "w") as module:
    module.write("import _truth\n\n\ndef wait():\n    return [_truth.block()]\n")
sys.path.insert(0, folder)
import gone  # noqa: E402

os.remove(path)
_truth.watch()
gone.wait()
