# Frames, series and indexes of pandas, made up from a fixed seed, in the local `values`; the truth is what pandas says of
# them, in the order that Stillframe puts it in.
import json
import random
import sys
import time

import numpy as np
import pandas as pd

made = random.Random(12)
ROWS = [0, 1, 2, 5, 12]
TEXTS = ["a", "it's", "\u20ac", "", "x\\y", "12"]


def column(kind, rows):
    if kind == "Int64":
        return pd.array([made.choice([None, made.randint(-9, 10 ** 12)]) for _ in range(rows)], dtype="Int64")
    if kind == "UInt8":
        return pd.array([made.choice([None, made.randint(0, 255)]) for _ in range(rows)], dtype="UInt8")
    if kind == "Float64":
        return pd.array([made.choice([None, 0.1, 1e16, -2.5]) for _ in range(rows)], dtype="Float64")
    if kind == "boolean":
        return pd.array([made.choice([None, True, False]) for _ in range(rows)], dtype="boolean")
    if kind == "string":
        return pd.array([made.choice([None, *TEXTS]) for _ in range(rows)], dtype=pd.StringDtype("python"))
    if kind == "category":
        kinds = made.choice([TEXTS, [3, 1, 2], [0.5, 2.0]])
        return pd.Categorical([made.choice([None, *kinds]) for _ in range(rows)], categories=kinds)
    if kind == "period":
        return pd.period_range("2024-01-01", periods=rows, freq="D")
    if kind == "interval":
        return pd.arrays.IntervalArray.from_breaks(range(rows + 1))
    if kind in ("UTC", "Europe/Paris"):
        return pd.DatetimeIndex(column("M8[ns]", rows)).tz_localize(kind)
    if kind == "object":
        return np.array([made.choice([None, 1, "text", 2.5]) for _ in range(rows)] + [None], "O")[:rows]
    if kind == "text":
        return [made.choice(TEXTS) for _ in range(rows)]
    if kind in ("M8[ns]", "m8[ns]"):
        return np.array([made.randint(0, 10 ** 18) for _ in range(rows)], "i8").view(kind)
    if kind == "bool":
        return np.array([made.random() < 0.5 for _ in range(rows)], bool)
    if kind.startswith("float"):
        return np.array([made.choice([0.0, 1.5, -0.0, 0.1, float("nan"), 1e16, 123.25]) for _ in range(rows)], kind)
    return np.array([made.randint(0, 100) for _ in range(rows)], kind)


KINDS = ["int64", "float64", "object", "text", "bool", "int8", "uint32", "float32", "M8[ns]", "m8[ns]", "category", "Int64",
         "UInt8", "Float64", "boolean", "string", "period", "interval", "UTC", "Europe/Paris"]


def index(rows):
    choice = made.randint(0, 9)
    name = made.choice([None, None, "when", 5])
    if choice <= 2:
        start, step = made.randint(-3, 3), made.choice([1, 2, -3])
        return pd.RangeIndex(start, start + rows * step, step, name=name)
    if choice == 3:
        return pd.MultiIndex.from_arrays([column("int64", rows), [made.choice("ab") for _ in range(rows)]], names=[name, None])
    kind = made.choice(["int64", "float64", "text", "object", "M8[ns]", "m8[ns]", "category", "period", "UTC", "Europe/Paris"])
    return pd.Index(column(kind, rows), name=name)


def title(one):
    return "%s.%s" % (type(one).__module__, type(one).__qualname__)


def element(one, kind):
    if one is pd.NA:
        return "<NA>"
    if kind == "M":
        return "'" + str(np.datetime64(one)) + "'"
    if kind == "m":
        return str(one.view("i8"))
    return repr(one) if isinstance(one, str) else str(one)


def elements(one):
    """What an array, series or index has in it; None where it is not shown."""
    array = getattr(one, "array", one)
    name = str(array.dtype)
    if isinstance(array.dtype, (pd.PeriodDtype, pd.IntervalDtype)):
        return None
    if name.startswith(("datetime64", "timedelta64")):
        raw = array._ndarray
        return "[" + ", ".join(element(value, raw.dtype.kind) for value in raw) + "]"
    return "[" + ", ".join(element(value, "") for value in (np.asarray(one) if isinstance(one.dtype, np.dtype) else array.astype(object))) + "]"


def dtype(one):
    kind = one.dtype
    if isinstance(kind, pd.PeriodDtype):
        return "PeriodArray"
    if isinstance(kind, pd.IntervalDtype):
        return "IntervalArray"
    if isinstance(kind, pd.DatetimeTZDtype):
        return "datetime64[%s, %s]" % (kind.unit, getattr(kind.tz, "zone", None) or repr(kind.tz))
    if isinstance(kind, pd.StringDtype):
        return "str" if getattr(kind, "_na_value", pd.NA) is not pd.NA else "string"
    return str(kind)


def described(one):
    text, zoned = elements(one), isinstance(one.dtype, pd.DatetimeTZDtype)
    shown = "" if text is None else (" utc=" if zoned else " values=") + text
    return " length=%d dtype=%s%s" % (len(one), dtype(one), shown)


def known(one):
    """What is to be shown, and in front of which address."""
    if isinstance(one, pd.DataFrame):
        return "<%s object at 0x%x shape=%r columns=%s dtypes=[%s] index=%s>" % (
            title(one), id(one), one.shape, known(one.columns), ", ".join(dtype(one.iloc[:, i]) for i in range(one.shape[1])),
            known(one.index))
    name = "" if getattr(one, "name", None) is None else "name=%r" % one.name
    if isinstance(one, pd.Series):
        return "<%s object at 0x%x%s%s index=%s>" % (title(one), id(one), name and " " + name, described(one), known(one.index))
    if isinstance(one, pd.RangeIndex):
        return repr(one)
    if isinstance(one, pd.MultiIndex):
        return "<%s object at 0x%x length=%d names=%r levels=FrozenList([%s])>" % (
            title(one), id(one), len(one), list(one.names), ", ".join(known(level) for level in one._levels))
    if isinstance(one, pd.Index) and type(one).__name__ in ("Index", "Int64Index", "UInt64Index", "Float64Index"):
        return "%s(%s, dtype='%s'%s)" % (type(one).__name__, elements(one), dtype(one), name and ", " + name)
    if isinstance(one, pd.Index):
        return "<%s object at 0x%x%s%s>" % (title(one), id(one), name and " " + name, described(one))
    return "<%s object at 0x%x%s>" % (title(one), id(one), described(one))


def frame():
    rows = made.choice(ROWS)
    kinds = [made.choice(KINDS) for _ in range(made.choice([0, 1, 2, 3, 6, 20]))]
    one = pd.DataFrame({"c%d" % i: column(kind, rows) for i, kind in enumerate(kinds)}, index=range(rows))
    if made.random() < 0.5:
        one.index = index(rows)
    if made.random() < 0.2:
        one.columns = index(one.shape[1])
    if made.random() < 0.3 and one.shape[1] > 2:
        one = made.choice([lambda: one.iloc[:, ::-1], lambda: one.iloc[::2], lambda: one.drop(columns=one.columns[1]),
                           lambda: one.iloc[:, [2, 0]], lambda: one.copy()])()
    if one.columns.dtype.kind in "iO" and one.columns.nlevels == 1 and made.random() < 0.2:
        one["new"] = 1
    return one


def stand():
    values = [frame() for _ in range(150)]
    for kind in KINDS:
        for rows in ROWS:
            values.append(pd.Series(column(kind, rows), name=made.choice([None, "price", 7])))
            values.append(values[-1].array if not isinstance(values[-1].dtype, np.dtype) else values[-1][::-1])
            values.append(pd.Index(values[-2]))
    values += [index(made.choice(ROWS)) for _ in range(150)]
    values += [pd.DataFrame(np.arange(12).reshape(3, 4)), pd.DataFrame(), pd.Series([], dtype="int64"),
               pd.DataFrame(np.zeros((3, 4)), columns=list("abcd"))[["a", "c"]]]
    with open(sys.argv[1], "w") as out:
        json.dump({"values": [known(one) for one in values], "version": pd.__version__}, out)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    large = pd.DataFrame({"id": range(10 ** 6), "price": 0.5, "password": "x"})  # noqa: F841
    series = pd.Series([1, 2], name="password")  # noqa: F841
    while True:
        time.sleep(1000)


stand()
