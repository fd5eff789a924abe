# Thousands of objects of types that are implemented in C beyond the built-in ones, made up at random from a fixed seed,
# in the local `values`; the truth is what repr() says of each.
from __future__ import print_function

import array
import collections
import datetime
import decimal
import io
import json
import mmap
import os
import random
import re
import select
import socket
import struct
import sys
import time

NEW = sys.version_info[0] >= 3
COUNT = int(sys.argv[2])
made = random.Random(7)
kept = []  # what only has to stay alive


def days():
    return datetime.date.fromordinal(made.randint(1, datetime.date.max.toordinal()))


def clock():
    parts = [made.randint(0, 23), made.randint(0, 59), made.choice([0, made.randint(0, 59)]),
             made.choice([0, 0, made.randint(0, 999999)])]
    return parts


def spans():
    return made.choice([
        datetime.timedelta(made.randint(-999999999, 999999998), made.randint(0, 86399), made.randint(0, 999999)),
        datetime.timedelta(seconds=made.randint(-5, 5)), datetime.timedelta(microseconds=made.randint(-5, 5)),
        datetime.timedelta(made.randint(-3, 3)), datetime.timedelta.min, datetime.timedelta.max])


class Zone(datetime.tzinfo):
    def __repr__(self):
        return "Zone()"

    def utcoffset(self, when):
        return datetime.timedelta(hours=1)


def zones():
    if not NEW:
        return None
    return made.choice([None, datetime.timezone.utc, datetime.timezone(datetime.timedelta(hours=made.randint(-23, 23))),
                        datetime.timezone(datetime.timedelta(minutes=made.randint(-1439, 1439)), "name'%d" % made.randint(0, 9)),
                        datetime.timezone(datetime.timedelta(0), "zero")] + ZONES)


def folded(value):
    return value.replace(fold=1) if NEW and made.random() < 0.3 else value


def times():
    return folded(datetime.time(*clock(), **{"tzinfo": zones()}))


class Stamp(datetime.datetime):
    pass


def moments():
    day = days()
    kind = made.choice([datetime.datetime, datetime.datetime, Stamp])
    return folded(kind(day.year, day.month, day.day, *clock(), **{"tzinfo": zones()}))


def digits(longest):
    return "".join(made.choice("0123456789") for _ in range(made.randint(1, longest)))


def decimals():
    sign = made.choice(["", "-"])
    return decimal.Decimal(made.choice([
        sign + digits(25), sign + digits(60) + "." + digits(60), sign + "0." + "0" * made.randint(0, 9) + digits(5),
        sign + digits(40) + "E" + str(made.randint(-400, 400)), sign + "0E" + str(made.randint(-20, 20)),
        sign + digits(3) + "E" + made.choice(["-", ""]) + digits(15).lstrip("0").rjust(1, "1"), sign + "Infinity", sign + "NaN", sign + "sNaN",
        sign + "NaN123456789012345678901234567890", sign + "sNaN" + digits(9), "1" + "0" * made.randint(0, 80),
        sign + "9" * made.randint(1, 80)]))


def contexts():
    context = decimal.Context(prec=made.randint(1, 99), rounding=made.choice([
        decimal.ROUND_UP, decimal.ROUND_HALF_EVEN, decimal.ROUND_05UP, decimal.ROUND_FLOOR]), Emin=-made.randint(0, 999999),
        Emax=made.randint(0, 999999), capitals=made.randint(0, 1))
    for signal in (decimal.Inexact, decimal.Rounded, decimal.InvalidOperation, decimal.Overflow, decimal.Underflow,
                   decimal.Clamped, decimal.Subnormal, decimal.DivisionByZero):
        context.flags[signal] = made.random() < 0.4
        context.traps[signal] = made.random() < 0.4
    return context


LIMITS = {"b": (-128, 127), "B": (0, 255), "h": (-2**15, 2**15 - 1), "H": (0, 2**16 - 1), "i": (-2**31, 2**31 - 1),
          "I": (0, 2**32 - 1), "l": (-2**63, 2**63 - 1), "L": (0, 2**64 - 1), "q": (-2**63, 2**63 - 1), "Q": (0, 2**64 - 1)}


def reals():
    return made.choice([0.0, -0.0, 1.0, 1.5, 1e16, 9999999999999998.0, 1e-4, 1e-5, 1.1, 1e22, 1e300, 5e-324, 123456789.123,
                        float("inf"), float("-inf"), float("nan"), made.random(), made.gauss(0, 1e10), made.gauss(0, 1e-10),
                        made.randint(-10**17, 10**17) * 1.0])


def words(longest):
    return "".join(made.choice(u"abc'\"\\\n\t\0\x7f\x80\xe9\u0101\u20ac\U0001f600 ") if NEW else made.choice("abc'\\\n\t\0 ")
                   for _ in range(made.randint(0, longest)))


def arrays():
    code = made.choice("bBhHiIlLfdu" + ("qQ" if NEW else "c"))
    if code == "u":
        return array.array("u", words(20) if NEW else words(20).decode())
    if code == "c":
        return array.array("c", words(20))
    count = made.randint(0, 20)
    if code in "fd":
        return array.array(code, [reals() if code == "d" else made.choice([0.1, -0.0, 1e10, 3.5, float("inf"), 1e-30])
                                  for _ in range(count)])
    low, high = LIMITS[code]
    return array.array(code, [made.choice([low, high, 0, made.randint(low, high)]) for _ in range(count)])


def patterns():
    text = made.choice(["a+b", "[a-z]*", r"\d+'", "(?P<name>x)|y", u"\u20ac\xe9" if NEW else "e", "$", "^a.b"])
    flags = 0
    for flag in (re.I, re.M, re.S, re.X):
        flags |= flag if made.random() < 0.3 else 0
    if NEW and made.random() < 0.3:
        return re.compile(text.encode(), flags | (re.L if made.random() < 0.3 else 0))
    return re.compile(text, flags | (re.A if NEW and made.random() < 0.3 else 0))


def matches():
    before, text = words(2000 if made.random() < 0.1 else 10), "".join(made.choice("xyz") for _ in range(made.randint(0, 30)))
    if NEW and made.random() < 0.3:
        return re.compile(b"[xyz]*", re.S).match((before + text + ",").encode(), len(before.encode()))
    return re.compile("[xyz]*" if made.random() < 0.8 else ".{0,4}", re.S).match(before + text + ",", len(before))


def structs():
    return struct.Struct("".join(made.choice("bBhHiIlLqQfd?cx") for _ in range(made.randint(0, 9))))


def maps():
    mapped = mmap.mmap(-1, 4096 * made.randint(1, 3), access=made.choice([mmap.ACCESS_READ, mmap.ACCESS_WRITE, mmap.ACCESS_COPY]))
    mapped.seek(made.randint(0, 4096))
    if made.random() < 0.2:
        mapped.close()
    return mapped


def paths():
    path = "file%d" % made.randint(0, 9)
    with open(path, "ab"):
        return path


def files():
    kind = made.randint(0, 6)
    if kind == 0:
        made_file = io.FileIO(paths(), made.choice(["r", "w", "a", "r+", "a+", "w+"] + (["x"] if NEW else [])) if made.random() < 1
                              and not NEW else made.choice(["r", "w", "a", "r+", "a+", "w+"]))
    elif kind == 1:
        made_file = io.FileIO(os.open(paths(), os.O_RDWR), "r+", closefd=True)
    elif kind == 2:
        made_file = io.open(paths(), made.choice(["rb", "wb", "ab", "r+b", "w+b"]))
    else:
        made_file = io.open(paths(), made.choice(["r", "w", "a", "r+", "w+"]), encoding=made.choice(["utf-8", "ascii", "latin-1"]))
    if made.random() < 0.2:
        made_file.close()
    return made_file


def memory_files():
    content = words(20)
    kind = made.randint(0, 2)
    if kind == 0:
        made_file = io.BytesIO(content.encode())
    else:
        made_file = io.StringIO(content if NEW else content.decode())
        if kind == 2:  # realized, or only ever written
            made_file = io.StringIO()
            for _ in range(made.randint(0, 3)):
                made_file.write(content if NEW else content.decode())
    made_file.seek(made.randint(0, 5) if kind < 2 else 0, os.SEEK_END if kind == 2 else os.SEEK_SET)
    if made.random() < 0.1:
        made_file.close()
    return made_file


def sockets():
    one = socket.socket(made.choice([socket.AF_INET, socket.AF_UNIX, socket.AF_INET6]),
                        made.choice([socket.SOCK_STREAM, socket.SOCK_DGRAM]))
    kind = made.random()
    if kind < 0.3:
        one.settimeout(made.choice([0, 1.5, 30, 0.001]))
    elif kind < 0.5 and NEW:
        one.close()
    return one if NEW else one._sock


def polls():
    one = select.epoll()
    if made.random() < 0.3:
        one.close()
    return one


ZONES = []
if sys.version_info >= (3, 9):
    import zoneinfo
    try:
        ZONES = [zoneinfo.ZoneInfo(name) for name in ("Europe/Paris", "UTC")]
    except zoneinfo.ZoneInfoNotFoundError:
        pass

PLENTY = [days, times, moments, spans, decimals, arrays, patterns, matches]
FEW = [contexts, structs, maps, files, memory_files, sockets, polls]


def position(one):
    """What is said of a buffer in memory, whose repr() says nothing."""
    if one.closed:
        return "closed"
    content = one.getvalue()
    return "size=%d position=%d %r" % (len(content), one.tell(), content)


def known(one):
    what = {"repr": repr(one), "type": type(one).__module__ + "." + type(one).__name__}
    if isinstance(one, (io.BytesIO, io.StringIO)):
        what["state"] = position(one)
    elif hasattr(one, "fileno") and not isinstance(one, mmap.mmap):
        try:
            what["fd"] = one.fileno()
        except ValueError:
            what["fd"] = None
        if isinstance(one, socket.SocketType if NEW else type(None)) or hasattr(one, "gettimeout"):
            what["timeout"] = one.gettimeout()
    elif isinstance(one, decimal.Context):
        what["repr"] = repr(one)
    elif hasattr(one, "pattern") and hasattr(one, "flags"):
        what["pattern"], what["flags"] = repr(one.pattern), one.flags
    elif hasattr(one, "span"):
        what["match"] = "<%s object; span=%r, match=%r>" % (what["repr"].split()[0][1:], one.span(), one.group())
    elif isinstance(one, struct.Struct):
        what["struct"] = "Struct(%r)" % (one.format.decode() if isinstance(one.format, bytes) and NEW else one.format)
    elif isinstance(one, mmap.mmap):
        what["mmap"] = "closed" if is_closed(one) else [len(one), one.tell()]
    return what


def is_closed(mapped):
    try:
        mapped.tell()
    except ValueError:
        return True
    return False


def stand():
    values = [make() for make in PLENTY for _ in range(COUNT)]
    values += [make() for make in FEW for _ in range(min(COUNT, 40))]
    with open(sys.argv[1], "w") as out:
        json.dump({"values": [known(one) for one in values]}, out)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while True:
        time.sleep(1000)


stand()
