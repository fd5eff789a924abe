"""Greenlets of a thread that has ended: nothing can go on with them. And one of C functions alone, which waits."""

import threading
import time

import greenlet

import _greenlet_truth

kept = []


def left():
    one = greenlet.greenlet(greenlet.getcurrent().switch)
    parked = greenlet.greenlet(lambda: one.parent.switch())
    parked.switch()
    kept.append(parked)


thread = threading.Thread(target=left)
thread.start()
thread.join()
main = greenlet.getcurrent()
without_python = greenlet.greenlet(main.switch)
without_python.switch()
_greenlet_truth.tell(ended=["0x%x" % id(one) for one in kept], without_python="0x%x" % id(without_python))
time.sleep(1000)
