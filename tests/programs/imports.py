# A module that does not come to the end of its import: frames of the frozen importlib.
import os
import sys

import _truth

_truth.watch()
folder = os.path.dirname(os.path.abspath(sys.argv[1]))
with open(os.path.join(folder, "slow_to_import.py"), "w") as module:
    module.write("import _truth\n_truth.block()\n")
sys.path.insert(0, folder)
import slow_to_import  # noqa: E402,F401
