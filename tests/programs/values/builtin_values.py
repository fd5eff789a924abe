# Thousands of values of the built-in types, made by a seeded generator, in one call.
import json
import struct
import sys
import types
import weakref

from _generated import (PY2, Values, random, some_bytes, some_dict, some_float, some_integer, some_set, some_text, some_value,
                        text_type)

values = Values()
if not PY2:
    long = int

def scalars():
    for _ in range(400):
        values.same(some_integer())
    for power in (0, 1, 8, 9, 10, 17, 18, 19, 27, 28, 100, 1000, 4000):
        for near in (-1, 0, 1):
            values.same(10 ** power + near)
            values.same(-(2 ** power) + near)
    values.same(long(5))
    for _ in range(500):
        values.same(some_float())
        values.same(complex(some_float(), some_float()))
    for _ in range(600):
        values.same(some_text(random.choice([0, 1, 2, 3, 10, 60])))
    for quotes in ("'", '"', "'\"", "\\", "\t\n\r\x00\x7f", "it's", 'say "x"'):
        values.same(quotes)
        values.same(text_type(quotes))
        values.same(bytearray(quotes.encode("ascii")))
        values.same(quotes.encode("ascii"))
    for _ in range(200):
        values.same(some_bytes(random.choice([0, 1, 5, 60])))
        values.same(bytearray(some_bytes(random.randint(0, 30))))
    front = bytearray(b"0123456789")
    del front[:4]
    values.same(front)


def containers():
    for _ in range(400):
        values.same(some_dict(2))
        values.same(some_set())
        values.same(some_value(3))
    loop = {}
    loop["self"] = [loop]
    values.same(loop)
    emptied = dict((number, number) for number in range(1000))
    for number in range(990):
        del emptied[number]
    values.same(emptied)
    queue = set(range(500))
    for number in range(490):
        queue.discard(number)
    values.same(queue)
    values.same(set(["<dummy key>", "x"]))


class Base(object):
    def __init__(self):
        self.first = 1
        self.second = 2

    def method(self):
        return lambda: self

    @staticmethod
    def static():
        pass

    @classmethod
    def of_class(cls):
        pass

    shown = property(lambda self: 1)


class Other(Base):
    __slots__ = ("slot",)


class MyDict(dict):
    pass


class MyStr(str):
    pass


class MyList(list):
    pass


class MyTuple(tuple):
    pass


class MyInt(int):
    pass


class MyFloat(float):
    pass


class MySet(set):
    pass


class MyFrozen(frozenset):
    pass


class MyBytes(bytes):
    pass


class MyText(text_type):
    pass


class MyBytearray(bytearray):
    pass


class MyError(ValueError):
    pass


def split_dicts():
    """Dicts that share their keys, made in other orders than the first of their class."""
    for order in (["first", "second", "third"], ["third", "first"], ["second"], [], ["other", "first"]):
        one = Base()
        one.__dict__.clear()
        values.same(one.__dict__)
        another = Base.__new__(Base)
        for name in order:
            setattr(another, name, name)
        values.same(another.__dict__)
    gone = Base()
    del gone.first
    gone.third = 3
    gone.first = 4
    values.same(gone.__dict__)


def subclasses():
    values.same(MyDict(a=1))
    values.same(MyStr("x'y"))
    values.same(MyList([1, 2]))
    values.same(MyTuple((1,)))
    values.same(MyInt(7))
    values.same(MyFloat(0.5))
    values.same(MySet([1]))
    values.same(MySet())
    values.same(MyFrozen([1]))
    values.same(MyBytes(b"x\x80"))
    values.same(MyBytearray(b"x\x80"))
    for text in (u"abc", u"\xe9", u"\u20ac\u1234", u"\U0001f600", u""):
        values.same(MyText(text))


def views():
    made = some_dict(1)
    made["x"] = 1
    if PY2:
        for view in (made.viewkeys(), made.viewvalues(), made.viewitems()):
            values.same(view)
        values.same(xrange(5))  # noqa: F821
        values.same(xrange(2, 9))  # noqa: F821
        values.same(xrange(2, 9, 3))  # noqa: F821
        values.same(xrange(9, 2, -3))  # noqa: F821
    else:
        for view in (made.keys(), made.values(), made.items()):
            values.same(view)
        for bounds in ((5,), (2, 9), (2, 9, 3), (9, 2, -3), (2 ** 70, 2 ** 71, 2 ** 68)):
            values.same(range(*bounds))
        values.same(types.MappingProxyType({"a": 1}))
    values.same(slice(1, None, "x"))
    values.ends(memoryview(b"abc"), " format='B' nbytes=3 bytes=b'abc'>")
    values.begins(memoryview(bytearray(b"abcdef"))[::2] if not PY2 else memoryview(bytearray(b"ab")))
    for iterator in (iter([]), iter(()), iter(made), iter(set()), iter("x"), enumerate([]), zip([]), map(str, []),
                     reversed([]), iter(range(3)), filter(None, [])):
        values.same(iterator)


def callables():
    one = Base()
    for function in (scalars, Base().method(), lambda: 0):
        code = function.__code__
        values.ends(function, ", file '%s', line %d>" % (code.co_filename, code.co_firstlineno))
    values.same(len)
    values.same([].append)
    values.same(sys.getrefcount)
    values.same(dict.fromkeys)
    values.same(str.join)
    values.same(dict.__dict__["fromkeys"])
    values.same(type.__dict__["__mro__"])
    values.same(type.__dict__["__dict__"])
    values.same(str.__len__)
    values.same("".__len__)
    values.same(Other.slot)
    values.begins(Base.__dict__["shown"])
    if not PY2:
        values.begins(Base.of_class)
    else:
        values.same(Base.of_class)
        values.same(Base.method)
    if sys.version_info >= (3, 10):
        values.same(classmethod(len))
        values.same(staticmethod(len))
    else:
        values.begins(classmethod(len))
    values.same(super(Other, Other()))
    values.same([].append)
    values.same(MyError("x").with_traceback if not PY2 else len)
    values.bound = one.method


def classes():
    for one in (int, str, Base, Other, type, types, sys, json, random.__class__, types.FunctionType, MyError, OSError,
                json.decoder, sys.modules["__main__"], struct, type(weakref.ref(Base)), object()):
        values.same(one)
    if PY2:
        scope = {"__name__": "app"}
        exec("class Old:\n    pass", scope)
        values.same(scope["Old"])
        values.same(scope["Old"]())
    else:
        values.same(types.ModuleType("made"))
        values.same(types.SimpleNamespace(b=1, a=2))


def exceptions():
    for one in (ValueError("x"), ValueError(), ValueError(1, 2), KeyError("x"), OSError(2, "gone", "file"), MyError(b"x"),
                UnicodeDecodeError("ascii", b"\xff", 0, 1, "why"), SyntaxError("m", ("f", 1, 2, "t")), StopIteration()):
        values.same(one)
    if sys.version_info >= (3, 11):
        exec("values.same(ExceptionGroup('g', [ValueError(1), KeyError('x')]))", globals())
    if not PY2:
        exec("""
try:
    try:
        {}["key"]
    except KeyError as first:
        raise ValueError("second") from first
except ValueError as found:
    values.from_cause = found
    values.ends(found, " __cause__=KeyError('key'%s)" % ("," if sys.version_info < (3, 7) else ""))
try:
    try:
        {}["key"]
    except KeyError:
        raise ValueError("other")
except ValueError as found:
    values.from_context = found
    values.ends(found, " __context__=KeyError('key'%s)" % ("," if sys.version_info < (3, 7) else ""))
""", globals())


def suspended():
    def counts():
        yield 1
        yield 2

    fresh, half, done = counts(), counts(), counts()
    next(half)
    list(done)

    def place(line):
        return ", file '%s', line %d" % (code.co_filename, line)

    code = counts.__code__
    first = code.co_firstlineno
    values.same(code)
    values.ends(fresh, ", not started" + place(first) + ">")
    values.ends(half, ", suspended" + place(first + 1) + ">")
    values.ends(done, ", finished>")
    values.ends(half.gi_frame, place(first + 1) + ", code counts>")
    values.generators = fresh, half, done
    if sys.version_info >= (3, 6):
        exec("async def later(): pass\nasync def many():\n    yield 1\nvalues.begins(later())\nvalues.begins(many())",
             globals())


def references():
    one = Base()
    values.kept = one
    values.same(weakref.ref(one))
    values.same(weakref.ref(Base))
    values.same(weakref.ref(scalars))
    values.same(weakref.ref(MySet()))
    values.same(weakref.proxy(one).__class__)
    cell = one.method().__closure__[0]
    attributes = " ".join("%s=%d" % pair for pair in vars(one).items())  # in 2.7 in the order of their hashes
    values.ends(cell, " cell_contents=<__main__.Base object at 0x%x %s>>" % (id(one), attributes))
    number = (lambda: 0, 5)
    values.same((lambda: number).__closure__[0].cell_contents[1])
    if sys.version_info >= (3, 9):
        for text in ("list[int]", "dict[str, list[int]]", "tuple[()]", "tuple[int, ...]", "list[None]", "type[Base]"):
            values.same(eval(text))
    if sys.version_info >= (3, 10):
        for text in ("int | str", "int | None", "list[int] | None", "Base | int"):
            values.same(eval(text))
    if sys.version_info >= (3, 12):
        import typing
        values.same(typing.TypeVar("T"))
        values.same(typing.TypeVar("T", covariant=True))
    import datetime
    values.same(datetime.datetime_CAPI)


for make in (scalars, containers, split_dicts, subclasses, views, callables, classes, exceptions, suspended, references):
    make()


def runs():
    code = runs.__code__
    values.ends(running, ", running, file '%s', line %d>" % (code.co_filename, code.co_firstlineno + 3))
    values.wait()
    yield


running = runs()
next(running)
