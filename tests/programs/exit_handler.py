# An atexit handler that does not return.
import atexit
import sys

import _truth


def last_words():
    _truth.tell(sys.argv[1])  # told by the thread itself: its own last frames go on for a few lines
    _truth.ready()
    _truth.block()


atexit.register(last_words)
