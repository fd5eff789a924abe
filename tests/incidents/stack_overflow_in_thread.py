"""A thread with a small stack compares a structure that is nested deeply; the limit of recursion was raised before.

certain stack-overflow: Thread {tid} "walker" died of a stack overflow: its {any} KiB are used up by {any} calls of
    {any}__eq__ ({file}:{line:COMPARES}){any}
live: no
until: 3.13
"""
import sys
import threading


class Node:
    def __init__(self, inner):
        self.inner = inner

    def __eq__(self, other):
        return self.inner == other.inner  # COMPARES


def nested():
    node = None
    for _ in range(100000):
        node = Node(node)
    return node


print("ready", flush=True)
sys.setrecursionlimit(1000000)
threading.stack_size(128 << 10)
one, other = nested(), nested()
thread = threading.Thread(target=lambda: one == other, name="walker")
thread.start()
thread.join()
