"""Two threads with a gevent hub each: greenlets that wait, and main greenlets that wait for them."""

import sys
import threading

import gevent
import gevent.event

import _greenlet_truth

count = int(sys.argv[2])
told = threading.Event()
truth = {}


def waits(event, begun):
    begun.append(1)
    event.wait()


def sleeps(depth, begun):
    if depth:
        sleeps(depth - 1, begun)
    else:
        begun.append(1)
        gevent.sleep(1000)


def begin():
    event, begun = gevent.event.Event(), []
    greenlets = [gevent.spawn(waits, event, begun) for _ in range(count)]
    greenlets += [gevent.spawn(sleeps, depth, begun) for depth in range(3)]
    while len(begun) < len(greenlets):
        gevent.sleep(0.01)
    truth[threading.current_thread().name] = _greenlet_truth.of_all(greenlets)
    return greenlets


def in_thread():
    greenlets = begin()
    told.set()
    gevent.joinall(greenlets)


threading.Thread(target=in_thread, name="other", daemon=True).start()
told.wait()
greenlets = begin()
_greenlet_truth.tell(threads=truth)
gevent.joinall(greenlets)
