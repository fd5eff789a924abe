"""A walk through a deep tree is four hundred calls deep and waits for input."""
import threading


def walk(tree):
    if tree is None:
        print("ready", flush=True)
        threading.Event().wait()
    walk(tree[0])


tree = None
for _ in range(400):
    tree = (tree,)
walk(tree)
