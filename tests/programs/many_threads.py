# argv[2] threads of argv[3] frames each, all asleep; with argv[4] == "busy" the main thread spins.
import sys
import threading

import _truth

event = threading.Event()
count, depth = int(sys.argv[2]), int(sys.argv[3])
threading.stack_size(256 * 1024)


def descend(left):
    if left > 1:
        descend(left - 1)
    else:
        event.wait()


for _ in range(count - 1):
    thread = threading.Thread(target=descend, args=(depth,))
    thread.daemon = True
    thread.start()
_truth.ready()
while len(sys.argv) > 4 and sys.argv[4] == "busy":
    pass
_truth.block()
