# The hub's loop, which is Cython over libev, runs a callback that blocks; another greenlet waits.
import gevent
import gevent.event

import _truth


def waits():
    gevent.event.Event().wait()


def called():
    _truth.block()


_truth.watch()
waiter = gevent.spawn(waits)
gevent.get_hub().loop.timer(0.01).start(called)
waiter.join()
