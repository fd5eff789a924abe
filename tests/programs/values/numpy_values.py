# Arrays, scalars and dtypes of numpy, made up from a fixed seed, in the local `values`; the truth is what numpy says.
import json
import random
import sys
import time

import numpy as np

made = random.Random(11)
NAMES = ["bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16", "float32", "float64",
         "longdouble", "complex64", "complex128", "longlong", "ulonglong", "U5", "S4", "O", "M8[D]", "M8[ns]", "M8[M]", "M8[Y]",
         "M8[h]", "M8[m]", "M8[s]", "M8[ms]", "M8[25us]", "m8[s]", "m8[ns]", ">i4", ">f8", ">u2", ">c8", ">U3", ">M8[s]"]
FLOATS = [0.0, -0.0, 1.0, 1.5, 0.1, 1e-5, 65504.0, 3.14159265358979, float("inf"), float("-inf"), float("nan"), -2.5e-7, 1e4]
TEXTS = ["", "a", "it's", "\u20ac", "x\\y", "12345"]


def raw(name):
    kind = np.dtype(name).kind
    if kind == "b":
        return made.random() < 0.5
    if kind in "iu":
        limits = np.iinfo(np.dtype(name))
        return made.choice([int(limits.min), int(limits.max), 0, made.randint(int(limits.min), int(limits.max))])
    if kind == "f":
        return made.choice([*FLOATS, made.gauss(0, 100)])
    if kind == "c":
        return complex(made.choice([0.0, 1.0, 1.5, -2.0, 0.1]), made.choice([0.0, -1.0, 2.5, 0.1]))
    if kind == "U":
        return made.choice(TEXTS)
    if kind == "S":
        return made.choice([b"", b"a", b"\xff'", b"abcd"])
    if kind == "O":
        return made.choice([None, 1, "text"])
    return made.choice([0, 1, -1, made.randint(-10**6, 10**6), np.datetime64("NaT").view("i8").item()])


def array(name, shape):
    count = 1
    for length in shape:
        count *= length
    flat = [raw(name) for _ in range(count)]
    if np.dtype(name).kind in "Mm":
        return np.array(flat, "i8").view(np.dtype(name).newbyteorder("=")).astype(name).reshape(shape)
    whole = np.empty(count, name)
    for i, one in enumerate(flat):
        with np.errstate(all="ignore"):
            whole[i] = one
    return whole.reshape(shape)


def changed(one):
    kind = made.randint(0, 5)
    if kind == 0 and one.ndim:
        return one[::-1]
    if kind == 1 and one.ndim and one.shape[0] > 2:
        return one[1::2]
    if kind == 2:
        return one.T
    if kind == 3:
        return np.asfortranarray(one)
    return one


def text(one, kind):
    """What an element is shown as."""
    if isinstance(one, np.void):
        return "(" + ", ".join(text(one[name], one.dtype[name].kind) for name in one.dtype.names) + (",)" if len(one.dtype.names) == 1 else ")")
    if kind in "US":
        return repr(one.item() if hasattr(one, "item") else one)
    if kind == "O":
        return repr(one)
    if kind == "M":
        return "'" + str(one) + "'"
    if kind == "m":
        return "'NaT'" if np.isnat(one) else str(one.view("i8"))
    return str(one)


def nested(one):
    if one.ndim == 0:
        return text(one[()], one.dtype.kind)
    return "[" + ", ".join(nested(np.asarray(one[i:i + 1]).reshape(one.shape[1:])) if one.ndim > 1 else text(one[i], one.dtype.kind)
                           for i in range(len(one))) + "]"


def known(one):
    if isinstance(one, np.ndarray):
        return "array(%s) shape=%r dtype=%s" % (nested(one), one.shape, one.dtype)
    return repr(one)


def stand():
    shapes = [(), (0,), (1,), (3,), (5,), (2, 3), (3, 0), (0, 3), (2, 2, 2)]
    values = [changed(array(name, made.choice(shapes))) for name in NAMES for _ in range(20)]
    structure = np.zeros(3, [("a", "<i4"), ("b", "<f8"), ("c", "U3"), ("d", [("e", ">i2")])])
    structure["a"], structure["c"] = [1, 2, 3], ["x", "y'", ""]
    values += [structure, structure["b"], structure[1:], np.broadcast_to(np.arange(3), (2, 3)), np.zeros((2, 0, 2))]
    for name in NAMES:
        for _ in range(20):
            scalar = array(name, (1,))[0]
            if np.dtype(name).kind != "O":
                values.append(scalar)
        values.append(np.dtype(name))
    values.append(structure.dtype)
    with open(sys.argv[1], "w") as out:
        json.dump({"values": [known(one) for one in values], "version": np.__version__}, out)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    large = np.arange(10 ** 6).reshape(1000, 1000)  # noqa: F841
    records = np.zeros(1000, [("number", "<i4"), ("customer", "<U90"), ("price", "<f8")])
    records["customer"] = "x" * 90
    while True:
        time.sleep(1000)


stand()
