# argv[2] nested calls of one function.
import sys
import threading

import _truth

depth = int(sys.argv[2])
sys.setrecursionlimit(depth + 1000)


def descend(left):
    if left > 1:
        descend(left - 1)
    else:
        _truth.ready()
        _truth.block()


threading.stack_size(1 << 30)
thread = threading.Thread(target=descend, args=(depth,))
thread.daemon = True
thread.start()
thread.join()
