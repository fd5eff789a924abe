# The collector, started by an allocation in Python, runs a finalizer that blocks.
import gc

import _truth


class Node(object):
    def __del__(self):
        self.close()

    def close(self):
        _truth.block()


def make_garbage():
    node = Node()
    node.itself = node


def allocate():
    return [[] for _ in range(10000)]


gc.disable()
make_garbage()
_truth.watch()
gc.set_threshold(1, 1, 1)
gc.enable()
allocate()
gc.collect()
