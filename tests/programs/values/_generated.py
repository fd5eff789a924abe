"""For programs that make values: makes them up from a seed, holds them as locals of one call, tells repr() of each, and
waits."""
import json
import random
import struct
import sys
import time

PY2 = sys.version_info < (3, 0)
if PY2:
    bytes_type, text_type = str, unicode  # noqa: F821
else:
    bytes_type, text_type, unichr = bytes, str, chr
random = random.Random(20240521)


# Blocks in which all Unicode versions of the matrix agree which characters are printable.
BLOCKS = [(0x20, 0x7e)] * 4 + [(0, 0x1f), (0x7f, 0xff), (0x100, 0x17f), (0x391, 0x3a1), (0x410, 0x44f), (0x2000, 0x2064),
                               (0x4e00, 0x9000), (0xac00, 0xd7a3), (0xd800, 0xdfff), (0xe000, 0xf8ff),
                               (0x1f600, 0x1f640), (0x20000, 0x2a6d0), (0xf0000, 0xffffd), (0x10fff0, 0x10ffff)]


def character(block):
    point = random.randint(*block)
    if point <= 0xffff or not PY2:
        return unichr(point)
    return ("\\U%08x" % point).decode("unicode-escape")


def some_text(length):
    blocks = random.sample(BLOCKS, random.randint(1, 3))
    return (u"" if PY2 else "").join(character(random.choice(blocks)) for _ in range(length))


def some_bytes(length):
    return bytes(bytearray(random.choice([random.randint(0, 255), random.randint(32, 126), 39, 34])
                           for _ in range(length)))


def some_integer():
    size = random.choice([1, 8, 29, 30, 31, 59, 60, 61, 63, 64, 65, 90, 120, 500, 2000])
    return random.choice([1, -1]) * random.getrandbits(size)


def some_float():
    how = random.randint(0, 3)
    if how == 0:
        return struct.unpack("<d", struct.pack("<Q", random.getrandbits(64)))[0]
    if how == 1:
        return float(random.randint(-10 ** 18, 10 ** 18))
    if how == 2:
        return random.choice([1, -1]) * random.random() * 10.0 ** random.randint(-8, 20)
    return random.choice([0.0, -0.0, float("inf"), float("-inf"), float("nan"), 1e16, 9999999999999998.0, 1e-5, 1e-4,
                          123456789012345680.0, 5e-324, 1.7976931348623157e308, 0.1, 100.0, 1e22, 1e23])


def some_hashable(depth):
    how = random.randint(0, 7 if depth > 0 else 5)
    if how <= 1:
        return some_text(random.randint(0, 12))
    if how == 2:
        return some_integer()
    if how == 3:
        return some_float()
    if how == 4:
        return some_bytes(random.randint(0, 12))
    if how == 5:
        return random.choice([None, True, False, Ellipsis, NotImplemented])
    if how == 6:
        return tuple(some_hashable(depth - 1) for _ in range(random.randint(0, 4)))
    return frozenset(some_hashable(depth - 1) for _ in range(random.randint(0, 8)))


def some_dict(depth):
    made = {}
    for _ in range(random.choice([0, 1, 3, 8, 30])):
        made[some_hashable(1)] = some_value(depth - 1)
    for key in list(made):
        if random.random() < 0.2:
            del made[key]
    return made


def some_set():
    made = set(some_hashable(1) for _ in range(random.choice([0, 1, 4, 20, 100])))
    for key in list(made):
        if random.random() < 0.2:
            made.discard(key)
    return made


def some_value(depth):
    how = random.randint(0, 6 if depth > 0 else 2)
    if how <= 2:
        return some_hashable(1)
    if how == 3:
        return [some_value(depth - 1) for _ in range(random.randint(0, 6))]
    if how == 4:
        return some_dict(depth)
    if how == 5:
        return some_set()
    return bytearray(some_bytes(random.randint(0, 20)))


class Values(object):
    """What is to be compared. A pair of a value and how its text compares with its repr()."""

    def __init__(self):
        self.list = []
        self.expected = []

    def same(self, value):
        """The text is the repr()."""
        self.add(value, "same")

    def begins(self, value):
        """The text begins as the repr() does, up to its closing bracket."""
        self.add(value, "begins")

    def many(self, make, count=2000, together=500):
        """So many values that `make` makes, compared in lists of some."""
        for _ in range(count // together):
            self.same([make() for _ in range(together)])

    def ends(self, value, text):
        """The text begins as the repr() does, up to its closing bracket, and ends with `text`."""
        self.add(value, "ends " + text)

    def add(self, value, how):
        self.add_text(value, repr(value), how)

    def add_text(self, value, text, how="same"):
        if isinstance(text, bytes_type):
            text = text.decode("ascii", "backslashreplace" if sys.version_info >= (3, 0) else "replace")
        self.list.append(value)
        self.expected.append([how, text])

    def wait(self):
        names = ["v%d" % number for number in range(len(self.list))]
        code = "def hold(values, then):\n    (%s) = values\n    then()\n" % "".join(name + ", " for name in names)
        scope = {}
        exec(code, scope)
        scope["hold"](self.list, self.tell)

    def tell(self):
        with open(sys.argv[1], "w") as out:
            json.dump({"expected": self.expected}, out)
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        while True:
            time.sleep(1000)
