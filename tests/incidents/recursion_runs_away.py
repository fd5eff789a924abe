"""Two functions call each other without an end, and sleep where they have come to.

note deep-recursion: Thread {tid} "MainThread" is {any} calls deep: {file}:{any}
"""
import sys
import threading  # which names the thread
import time

sys.setrecursionlimit(5000)


def parent_of(node, depth):
    if depth == 800:
        print("ready", flush=True)
        time.sleep(3600)
    return root_of(node, depth + 1)


def root_of(node, depth):
    return parent_of(node, depth)


root_of("a", 0)
