"""Two greenlets of gevent that join one another, and one that sleeps: with nothing left to wait for, gevent ends by itself."""
import gevent

from _task_truth import write

greenlets = []


def joins(other):
    greenlets[other].join()


greenlets += [gevent.spawn(joins, 1), gevent.spawn(joins, 0), gevent.spawn(gevent.sleep, 1000)]
for _ in range(3):
    gevent.sleep(0)
write({})
gevent.joinall(greenlets)
