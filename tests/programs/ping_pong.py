# Two threads whose functions call each other by turns, down and up again, without pause. The line of every frame tells
# which one it has called, so that a stack put together from two moments can be recognised.
import threading

import _truth


def ping(left):
    if left:
        pong(left - 1)


def pong(left):
    if left:
        ping(left - 1)


def play(begun):
    begun()
    while True:
        ping(30)


event = threading.Event()
thread = threading.Thread(target=play, name="second", args=(event.set,))
thread.daemon = True
thread.start()
event.wait()
play(_truth.ready)
