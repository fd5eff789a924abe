"""Greenlets suspended at different depths, some with C calls (sorted's key) in between."""

import json
import sys
import threading
import time
import traceback

import greenlet

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


def frames_of(frame):
    """Innermost last, as the program itself sees a suspended stack."""
    out = []
    while frame is not None:
        out.append([frame.f_code.co_name, frame.f_lineno])
        frame = frame.f_back
    return out[::-1]


suspended = []
for depth in (0, 1, 5, 40):
    for run in (deep, through_c, through_generator):
        one = greenlet.greenlet(run)
        one.switch(depth)
        suspended.append(one)
named = Named()
named.switch(3)
suspended.append(named)
finished = greenlet.greenlet(lambda: None)
finished.switch()
unstarted = greenlet.greenlet(deep)

truth = {"greenlets": {hex(id(one)): frames_of(one.gr_frame) for one in suspended},
         "left_out": [hex(id(finished)), hex(id(unstarted))]}
print(json.dumps(truth), flush=True)
time.sleep(1000)
