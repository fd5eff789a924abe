"""Greenlets suspended at different depths, some with C calls (sorted's key) in between. Runs from 2.7 on."""

import sys
import time

import greenlet

import _greenlet_truth

main = greenlet.getcurrent()


def park(value):
    main.switch(value)
    return value


def deep(depth):
    if depth:
        return deep(depth - 1) + 1
    return park(depth)


def through_c(depth):
    return sorted([3], key=lambda _: deep(depth))


def generator(depth):
    yield deep(depth)


def through_generator(depth):
    for value in generator(depth):
        return value


class Named(greenlet.greenlet):
    def run(self, depth):
        return deep(depth)


suspended = []
for depth in (0, 1, 5, 40):
    for run in (deep, through_c, through_generator):
        one = greenlet.greenlet(run)
        one.switch(depth)
        suspended.append(one)
named = Named()
named.switch(3)
finished = greenlet.greenlet(lambda: None)
finished.switch()
unstarted = greenlet.greenlet(deep)
if len(sys.argv) > 2:
    greenlet.__version__ = sys.argv[2]  # a lie

_greenlet_truth.tell(greenlets=_greenlet_truth.of_all(suspended + [named]), named="0x%x" % id(named))
time.sleep(1000)
