"""Five threads of a few frames each, on small stacks: a core of it is small, and most of it matters."""
import threading

import _truth

threading.stack_size(256 * 1024)


def sink(depth):
    if depth:
        return sink(depth - 1)
    _truth.block()


for number in range(4):
    threading.Thread(target=sink, args=(3 + number,), name="sink %d" % number, daemon=True).start()
_truth.watch()
sink(10)
