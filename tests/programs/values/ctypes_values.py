# Objects of ctypes, made up from a fixed seed, in the local `values`: what repr() says, with the data behind it.
import ctypes
import json
import random
import sys
import time

made = random.Random(13)
PY2 = sys.version_info < (3, 0)
INTEGERS = ["c_byte", "c_ubyte", "c_short", "c_ushort", "c_int", "c_uint", "c_long", "c_ulong", "c_longlong", "c_ulonglong",
            "c_int8", "c_uint16", "c_int32", "c_uint64", "c_size_t", "c_ssize_t"]


class Point(ctypes.Structure):
    _fields_ = [("x", ctypes.c_int), ("y", ctypes.c_double)]


class Named(Point):
    _fields_ = [("name", ctypes.c_char_p), ("tag", ctypes.c_char * 4), ("corners", Point * 2), ("next", ctypes.POINTER(Point))]


class Bits(ctypes.Structure):
    _fields_ = [("low", ctypes.c_int, 3), ("high", ctypes.c_int, 5), ("all", ctypes.c_short)]


class Big(ctypes.BigEndianStructure):
    _fields_ = [("a", ctypes.c_uint32), ("b", ctypes.c_uint8)]


class Either(ctypes.Union):
    _fields_ = [("word", ctypes.c_uint32), ("bytes", ctypes.c_ubyte * 4)]


class Empty(ctypes.Structure):
    pass


class MyInt(ctypes.c_int):
    pass


def some(kind):
    if kind in INTEGERS:
        return made.choice([0, 1, -1, made.getrandbits(64), -made.getrandbits(40), 2 ** 63])
    if kind == "c_bool":
        return made.choice([True, False])
    if kind in ("c_float", "c_double", "c_longdouble"):
        return made.choice([0.0, -0.0, 0.1, 1e300, -2.5, float("inf"), float("nan"), 1e16, made.gauss(0, 1)])
    if kind == "c_char":
        return bytes(bytearray([made.randint(0, 255)]))
    if kind == "c_wchar":
        return made.choice([u"a", u"'", u"\u20ac", u"\x00"])
    if kind == "c_char_p":
        return made.choice([None, b"", b"abc", b"it's \xff"])
    if kind == "c_wchar_p":
        return made.choice([None, u"", u"abc", u"it's \u20ac"])
    if kind == "py_object":
        return made.choice([None, [1, "x"], {"a": ()}])
    return made.choice([None, 1, made.getrandbits(63), made.getrandbits(64)])


def data(one):
    """The data of an element or a field, in the words that Stillframe has for it."""
    if isinstance(one, (ctypes.Structure, ctypes.Union)):
        return "%s(%s)" % (type(one).__name__, fields(one))
    if isinstance(one, ctypes.Array):
        return elements(one)
    if isinstance(one, ctypes._Pointer):
        return "%#x" % ctypes.cast(one, ctypes.c_void_p).value if one else "NULL"
    return repr(one)


def elements(one):
    if type(one)._type_ is ctypes.c_char:
        return repr(one.raw)
    if type(one)._type_ is ctypes.c_wchar:
        return repr(one[:])
    return "[%s]" % ", ".join(data(element) for element in one)


def fields(one):
    found = []
    for kind in reversed(type(one).__mro__):
        for field in kind.__dict__.get("_fields_", ()):
            value = getattr(one, field[0])
            raw = isinstance(value, bytes) and field[1] is not ctypes.c_char_p and issubclass(field[1], ctypes.Array)
            value = value.ljust(4, b"\0") if raw else value
            found.append("%s=%s" % (field[0], u"\u2026" if len(field) > 2 else data(value)))
    return ", ".join(found)


def known(one):
    """(where its own repr() begins, what is to stand behind that)"""
    if isinstance(one, ctypes._SimpleCData):
        if isinstance(one, MyInt):
            return "<__main__.MyInt object at 0x%x value=%r>" % (id(one), one.value)
        if isinstance(one, ctypes.py_object):
            return repr(one)
        if isinstance(one, (ctypes.c_char_p, ctypes.c_wchar_p)):
            return "%s(%r)" % (type(one).__name__, one.value)
        return repr(one)
    start = "<%s.%s object at 0x%x " % (type(one).__module__, type(one).__name__, id(one))
    if isinstance(one, ctypes.Array):
        return start + elements(one) + ">"
    if isinstance(one, ctypes._Pointer):
        return start + ("to " + data(one) if one else "NULL") + ">"
    return start + "(" + fields(one) + ")>"


def stand():
    kinds = INTEGERS + ["c_bool", "c_float", "c_double", "c_longdouble", "c_char", "c_wchar", "c_char_p", "c_wchar_p",
                        "c_void_p", "py_object"]
    values = []
    for kind in kinds:
        for _ in range(40):
            values.append(getattr(ctypes, kind)(some(kind)))
        if kind not in ("py_object", "c_char_p", "c_wchar_p", "c_void_p"):
            for length in (0, 1, 3, 8):
                values.append((getattr(ctypes, kind) * length)(*[some(kind) for _ in range(length)]))
    for name in ("c_double_complex", "c_float_complex", "c_longdouble_complex"):
        if hasattr(ctypes, name):
            values += [getattr(ctypes, name)(value) for value in (0, 1.5 - 2j, -0.5j)]
    for kind in ("c_int", "c_ushort", "c_double"):
        if hasattr(getattr(ctypes, kind), "__ctype_be__"):
            values.append(getattr(ctypes, kind).__ctype_be__(5))
    values += [ctypes.py_object(), MyInt(7), Empty(), Bits(1, 2, 3), Big(1, 2), Either(0x01020304), Point(-1, 0.5),
               (Point * 2)(Point(1, 2), Point(3, 4)), ((ctypes.c_int * 2) * 2)((1, 2), (3, 4)), ctypes.create_string_buffer(b"ab", 5)]
    point = Point(1, 2.5)
    values += [Named(1, 2, b"n", b"tag", (Point * 2)(point, point), ctypes.pointer(point)), Named(),
               ctypes.pointer(point), ctypes.POINTER(ctypes.c_int)()]
    numbers = (ctypes.c_int * 1000)(*range(1000))
    with open(sys.argv[1], "w") as out:
        json.dump({"values": [known(one) for one in values]}, out)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while numbers:
        time.sleep(1000)


stand()
