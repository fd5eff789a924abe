# An atexit handler that does not return.
import atexit

import _truth


def last_words():
    _truth.ready()
    _truth.block()


atexit.register(last_words)
