# A collection that does not come to its end: a finalizer blocks.
import gc

import _truth


class Node(object):
    def __del__(self):
        _truth.block()


def make_garbage():
    node = Node()
    node.itself = node


gc.disable()
make_garbage()
_truth.watch()
gc.collect()
