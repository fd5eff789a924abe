"""Two threads with a gevent hub each: greenlets that wait, and main greenlets that wait for them."""

import json
import sys
import threading

import gevent
import gevent.event
import gevent.hub

count = int(sys.argv[1]) if len(sys.argv) > 1 else 5
told = threading.Event()


def frames_of(frame):
    out = []
    while frame is not None:
        out.append([frame.f_code.co_name, frame.f_lineno])
        frame = frame.f_back
    return out[::-1]


def waits(event):
    event.wait()


def sleeps(depth):
    if depth:
        sleeps(depth - 1)
    else:
        gevent.sleep(1000)


def begin():
    event = gevent.event.Event()
    greenlets = [gevent.spawn(waits, event) for _ in range(count)]
    greenlets += [gevent.spawn(sleeps, depth) for depth in range(3)]
    gevent.sleep(0.05)
    return greenlets


truth = {}


def in_thread():
    greenlets = begin()
    truth.update({hex(id(one)): frames_of(one.gr_frame) for one in greenlets})
    told.set()
    gevent.joinall(greenlets)


threading.Thread(target=in_thread, daemon=True).start()
told.wait()
greenlets = begin()
truth.update({hex(id(one)): frames_of(one.gr_frame) for one in greenlets})
print(json.dumps({"greenlets": truth}), flush=True)
gevent.joinall(greenlets)
