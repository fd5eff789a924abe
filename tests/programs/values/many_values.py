# Two thousand values or more of each type whose values repr() shows, made by a seeded generator, in lists of some hundred.
import array
import collections
import datetime
import decimal
import fractions
import functools
import itertools
import operator
import sys
import time
import uuid

from _generated import (PY2, Values, random, some_bytes, some_float, some_hashable, some_integer, some_text, some_value)

values = Values()
many = values.many
Pair = collections.namedtuple("Pair", "first second")


def integer_near_a_power():
    base, power = random.choice([(2, 200), (10, 60), (2 ** 30, 8)])
    return random.choice([1, -1]) * base ** random.randint(0, power) + random.randint(-2, 2)


def leaf():
    return random.choice([some_hashable, some_hashable, some_hashable, some_value])(0)


def few():
    return [leaf() for _ in range(random.choice([0, 1, 1, 2, 3, 6]))]


def short_dict():
    made = dict((some_hashable(0), leaf()) for _ in few())
    for key in list(made)[1::4]:
        del made[key]
    return made


def short_set():
    made = set(some_hashable(0) for _ in few() + few())
    for key in list(made)[1::4]:
        made.discard(key)
    return made


def some_number():
    return random.choice([random.randint(-9, 9), some_integer(), some_float()])


def some_span():
    return datetime.timedelta(random.choice([0, 0, -1, random.randint(-10 ** 8, 10 ** 8)]),
                              random.choice([0, random.randint(0, 86399)]), random.choice([0, random.randint(0, 999999)]))


def some_zone():
    if PY2 or random.random() < 0.5:
        return None
    minutes = random.randint(-1439, 1439)
    return datetime.timezone(datetime.timedelta(minutes=minutes), *random.choice([(), ("zone",), (u"\u00e9'",)]))


def folded(one):
    return one if PY2 else one.replace(fold=random.randint(0, 1))


def some_time():
    return folded(datetime.time(random.randint(0, 23), random.randint(0, 59), random.choice([0, random.randint(0, 59)]),
                                random.choice([0, random.randint(0, 999999)]), some_zone()))


def some_date():
    return datetime.date(random.randint(1, 9999), random.randint(1, 12), random.randint(1, 28))


def some_moment():
    return datetime.datetime.combine(some_date(), some_time())


def some_decimal():
    how = random.randint(0, 4)
    if how == 0:
        return decimal.Decimal(random.choice(["0", "-0", "0E+5", "-0E-9", "Infinity", "-Infinity", "NaN", "-NaN12", "sNaN"]))
    digits = random.choice([1, 2, 5, 18, 19, 20, 38, 39, 100])
    number = tuple(random.randint(0, 9) for _ in range(digits))
    return decimal.Decimal((random.randint(0, 1), number, random.choice([0, 0, -3, 4, -digits, -digits - 6, -digits - 7, 900,
                                                                          -900])))


def some_array():
    code = random.choice("bBhHiIlLfd")
    size = array.array(code).itemsize * 8
    if code in "fd":
        return array.array(code, [some_float() if code == "d" else random.gauss(0, 9) for _ in range(random.randint(0, 9))])
    low, high = (-2 ** (size - 1), 2 ** (size - 1) - 1) if code.islower() else (0, 2 ** size - 1)
    return array.array(code, [random.choice([low, high, 0, random.randint(low, high)]) for _ in range(random.randint(0, 9))])


def some_deque():
    made = collections.deque((some_hashable(0) for _ in range(random.choice([0, 1, 5, 5, 70]))), random.choice([None, 3, 64, 100]))
    made.rotate(random.randint(-40, 40))
    for _ in range(random.randint(0, min(4, len(made)))):
        random.choice([made.pop, made.popleft])()
    return made


def some_ordered():
    made = collections.OrderedDict((some_hashable(0), some_number()) for _ in range(random.choice([0, 1, 2, 5, 9])))
    for key in list(made)[::3]:
        made[key] = made.pop(key)
    return made


def ordered_dicts(count, together):
    """repr() of one can take half a second in free-threaded builds."""
    for _ in range(count // together):
        made = [some_ordered() for _ in range(together)]
        if sys.version_info < (3, 12):
            values.same(made)
        else:
            values.add_text(made, "[" + ", ".join("OrderedDict(%s)" % (dict(one) or "") for one in made) + "]")


def some_counter():
    return collections.Counter(dict((some_hashable(0), random.choice([1, 2, 3, 0, -4, 2.5, 10 ** 15]))
                                    for _ in range(random.choice([0, 1, 2, 5, 9]))))


def some_default():
    made = collections.defaultdict(random.choice([None, int, list]))
    made.update((some_hashable(0), some_number()) for _ in range(random.choice([0, 1, 9])))
    return made


def some_slice():
    return slice(*[random.choice([None, 0, some_integer(), "x"]) for _ in range(3)])


def some_range():
    if PY2:
        return xrange(*[random.randint(-100, 100) for _ in range(random.randint(1, 2))])  # noqa: F821
    return range(*[random.randint(-100, 100), some_integer(), some_integer() or 1][:random.randint(1, 3)])


def some_exception():
    kind = random.choice([ValueError, KeyError, OSError, RuntimeError, StopIteration])
    return kind(*[some_hashable(1) for _ in range(random.choice([0, 1, 1, 2]))])


def some_partial():
    names = random.sample(["a", "b", "base"], random.randint(0, 2))
    return functools.partial(operator.add, *[leaf() for _ in range(random.randint(0, 2))],
                             **dict((name, some_number()) for name in names))


def built_in():
    many(some_integer)
    many(integer_near_a_power)
    many(some_float)
    many(lambda: complex(some_float(), some_float()))
    many(lambda: some_text(random.choice([0, 1, 2, 3, 10, 60])))
    many(lambda: some_bytes(random.choice([0, 1, 5, 60])))
    many(lambda: bytearray(some_bytes(random.choice([0, 1, 5, 60]))))
    many(few)
    many(lambda: tuple(few()))
    many(short_dict)
    many(short_set)
    many(lambda: frozenset(short_set()))
    many(lambda: [few(), tuple(few()), short_dict()], together=200)
    many(some_range)
    many(some_slice)
    many(some_exception)


def of_the_library():
    many(some_date)
    many(some_time)
    many(some_moment)
    many(some_span)
    many(some_decimal)
    many(lambda: fractions.Fraction(some_integer(), abs(some_integer()) + 1))
    many(lambda: uuid.UUID(int=random.getrandbits(random.choice([1, 63, 64, 65, 70, 89, 91, 120, 128]))))
    many(some_array)
    many(some_deque, together=100)
    many(some_counter, together=100)
    ordered_dicts(2000, 100)
    many(some_default, together=100)
    many(lambda: Pair(leaf(), some_number()), together=100)
    many(lambda: itertools.count(some_number() if not PY2 else random.randint(-9, 9)))
    many(lambda: time.gmtime(random.randint(0, 2 ** 32)), together=100)
    if not PY2:
        many(some_partial, together=100)


def of_later_versions():
    import enum
    import pathlib
    import types
    permission = enum.IntFlag("Permission", "R W X S T")

    def some_path():
        return pathlib.PurePosixPath(*[random.choice(["a", "/", "//b", "..", "c d", u"\u00e9", "x'y", "."]) for _ in
                                       range(random.randint(0, 5))])

    many(lambda: datetime.timezone(datetime.timedelta(minutes=random.randint(-1439, 1439))))
    many(lambda: permission(random.randint(0, 31)))
    many(some_path)
    many(lambda: types.SimpleNamespace(a=leaf(), b=some_number()), together=100)
    many(lambda: types.MappingProxyType(short_dict()), together=200)
    many(lambda: collections.ChainMap(short_dict(), {}), together=200)
    many(lambda: random.choice([short_dict().keys, short_dict().values, short_dict().items])(), together=200)
    if sys.version_info >= (3, 7):
        import dataclasses
        kind = dataclasses.make_dataclass("Order", ["number", "lines"])
        many(lambda: kind(some_number(), leaf()), together=100)


built_in()
of_the_library()
if not PY2:
    of_later_versions()
values.wait()
