"""Thousands of values of the standard library's types, with what repr() says of each.

They are in groups, one in the list `values` of each call of stand_still(), the last group in the outermost; argv[1] gets
the name of the type and the repr of each.
"""
import argparse
import collections
import fractions
import functools
import itertools
import json
import os
import random
import sys
import threading
import time
import uuid

PY2 = sys.version_info[0] == 2
RANDOM = random.Random(20261121)


def some_int():
    return RANDOM.choice([0, 1, -1, RANDOM.getrandbits(20), -RANDOM.getrandbits(70), RANDOM.getrandbits(200)])


def some_text():
    alphabet = u"abc'\"\\ \n" if PY2 else u"abc'\"\\\u00e9\u4e2d\U0001f600 \n"
    return str(u"".join(RANDOM.choice(alphabet) for _ in range(RANDOM.randrange(12))))


def leaf():
    return RANDOM.choice([some_int, some_text, lambda: None, lambda: True, lambda: 1.5])()


def nested(depth):
    if depth == 0 or RANDOM.random() < 0.5:
        return leaf()
    return RANDOM.choice(MAKERS)(depth - 1)


def keys():
    return [RANDOM.choice([some_int, some_text])() for _ in range(RANDOM.randrange(12))]


def make_deque(depth):
    made = collections.deque(maxlen=RANDOM.choice([None, None, 0, 5, 200]))
    for _ in range(RANDOM.choice([0, 1, 3, 30, 150])):
        RANDOM.choice([made.append, made.append, made.appendleft])(nested(0))
        if made and RANDOM.random() < 0.3:
            RANDOM.choice([made.pop, made.popleft])()
        made.rotate(RANDOM.randrange(-3, 4))
    made.append(nested(depth))
    return made


def make_ordered(depth):
    made = collections.OrderedDict((key, nested(depth)) for key in keys())
    for key in list(made):
        if RANDOM.random() < 0.3:
            made[key] = made.pop(key)
        elif RANDOM.random() < 0.3 and not PY2:
            made.move_to_end(key, last=RANDOM.random() < 0.5)
        elif RANDOM.random() < 0.2:
            del made[key]
    return made


def make_default(depth):
    made = collections.defaultdict(None)
    made.update((key, nested(depth)) for key in keys())
    return made


def make_counter(depth):
    return collections.Counter(dict((key, RANDOM.choice([1, 2, 3, -4, 2.5])) for key in keys()))


Point = collections.namedtuple("Point", "x y")
Empty = collections.namedtuple("Empty", "")


class Point3(Point):
    pass


def make_named(depth):
    return RANDOM.choice([lambda: Point(nested(depth), nested(depth)), Empty,
                          lambda: Point3(nested(depth), nested(depth))])()


def make_namespace(depth):
    return argparse.Namespace(**dict((name, nested(depth)) for name in RANDOM.sample("abcdef", 3)))


def make_struct(depth):
    return RANDOM.choice([lambda: sys.version_info, lambda: os.stat("/"), time.localtime, lambda: sys.float_info,
                          lambda: sys.flags, lambda: os.statvfs("/"), lambda: time.gmtime(0)])()


def make_small(depth):
    return RANDOM.choice([
        lambda: fractions.Fraction(some_int(), RANDOM.randrange(1, 1000)),
        lambda: uuid.UUID(int=RANDOM.choice([0, 1, 2 ** 128 - 1, RANDOM.getrandbits(128)])),
        lambda: itertools.count(some_int()),
        lambda: itertools.count(some_int(), RANDOM.choice([1, 2, -3])),
    ])()


MAKERS = [make_deque, make_ordered, make_default, make_counter, make_named, make_namespace, make_struct, make_small]

if not PY2:
    import enum
    import pathlib
    import types

    class Color(enum.Enum):
        RED = 1
        GREEN = "green"
        BOTH = (1, "x")

    class Number(enum.IntEnum):
        ONE = 1
        BIG = 2 ** 70

    class Permission(enum.Flag):
        R = 4
        W = 2
        X = 1
        RW = 6

    class Mode(enum.IntFlag):
        A = 1
        B = 2
        C = 8

    def make_enum(depth):
        return RANDOM.choice([lambda: RANDOM.choice(list(Color) + list(Number)), lambda: Permission(RANDOM.randrange(8)),
                              lambda: Mode(RANDOM.randrange(12)), lambda: RANDOM.choice([Color, Number, Permission])])()

    def make_path(depth):
        text = "".join(RANDOM.choice(["a", "/", "//", ".", "./", "b c", u"\u00e9", "..", "x'y"])
                       for _ in range(RANDOM.randrange(8)))
        made = pathlib.PurePosixPath(text, *RANDOM.choice([[], ["q"], ["/abs", "z"]]))
        if RANDOM.random() < 0.5:
            made = RANDOM.choice([lambda: made / "child", lambda: made.parent, lambda: (str(made), made)[1]])()
        return made

    def make_wrapper(depth):
        return RANDOM.choice([
            lambda: collections.ChainMap({"a": nested(depth)}, {}, make_counter(0)),
            lambda: collections.UserList([nested(depth), 1]),
            lambda: collections.UserDict({"k": nested(depth)}),
            lambda: functools.partial(Color, some_int(), base=nested(depth)),
        ])()

    MAKERS += [make_enum, make_path, make_wrapper]

if sys.version_info >= (3, 7):
    import dataclasses
    import contextvars

    # Not with annotations, which Python 2.7 cannot read.
    Order = dataclasses.make_dataclass("Order", [
        ("id", object), ("items", object, None), ("hidden", object, dataclasses.field(default=3, repr=False))])
    Special = dataclasses.make_dataclass("Special", [("extra", object, "e")], bases=(Order,))
    Frozen = dataclasses.make_dataclass("Frozen", ["a", "items"], frozen=True)
    Inner = dataclasses.make_dataclass("Inner", ["a"])
    Inner.__qualname__ = "Shop.Inner"
    kinds = [Order, Special, Frozen]
    if sys.version_info >= (3, 10):
        kinds.append(dataclasses.make_dataclass("Slotted", ["a", "items"], slots=True))

    def make_dataclass(depth):
        return RANDOM.choice([lambda: RANDOM.choice(kinds)(nested(depth), nested(depth)),
                              lambda: Inner(nested(depth)),
                              lambda: contextvars.ContextVar("name", default=some_int())])()

    MAKERS.append(make_dataclass)


def states():
    """One of each of the types with a state: (value, repr() or None where repr() has no state, state)."""
    held, rlock, twice = threading.Lock(), threading.RLock(), threading.RLock()
    held.acquire()
    rlock.acquire()
    twice.acquire()
    twice.acquire()
    event = threading.Event()
    event.set()
    return [threading.Lock(), held, threading.RLock(), rlock, twice, threading.Condition(), threading.Condition(held),
            event, threading.Event(), threading.Semaphore(3), threading.BoundedSemaphore(2),
            threading.current_thread(), threading.Thread(name="idle")]


def futures():
    if sys.version_info < (3, 6):
        return []
    import asyncio
    import concurrent.futures
    import logging
    import queue
    loop = asyncio.new_event_loop()
    made = []
    for kind in (asyncio.Future, asyncio.futures._PyFuture):
        pending, done, failed, cancelled = [kind(loop=loop) for _ in range(4)]
        done.set_result([1, 2])
        failed.set_exception(ValueError("no"))
        failed.exception()
        cancelled.cancel()
        made += [pending, done, failed, cancelled]
    simple = concurrent.futures.Future()
    logger = logging.getLogger("a.b")
    logger.setLevel(logging.INFO)
    full = queue.Queue(5)
    full.put(1)
    lifo = queue.LifoQueue()
    return made + [loop, simple, logger, logging.getLogger("a.b.c"), logging.getLogger(), logging.Handler(), full, lifo]


def stand_still(groups):
    values = groups.pop()
    if groups:
        stand_still(groups)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while values:
        time.sleep(1000)


def main():
    ordered = []
    if hasattr(sys, "_is_gil_enabled") and not sys._is_gil_enabled():
        # repr() of an OrderedDict can take half a second in free-threaded 3.14: a few must do.
        MAKERS.remove(make_ordered)
        ordered = [make_ordered(0) for _ in range(10)]
    values = [RANDOM.choice(MAKERS)(2) for _ in range(1500)] + ordered
    stateful = states() + futures()
    groups = [values[i:i + 100] for i in range(0, len(values), 100)] + [stateful]
    truth = [[[type(value).__name__, repr(value)] for value in group] for group in groups]
    with open(sys.argv[1] + ".new", "w") as out:
        json.dump({"groups": truth}, out)
    os.rename(sys.argv[1] + ".new", sys.argv[1])
    stand_still(groups)


main()
