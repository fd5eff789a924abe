# A module tree with configuration, caches and objects of every layout; says where they are and what they hold, and waits.
import collections
import json
import os
import sys
import time
import types

NEW = sys.version_info >= (3, 0)


class Plain(object):
    SHARED = "of the class"

    def __init__(self, number):
        self.number = number
        self.name = "plain"

    @property
    def computed(self):
        return 1


class Slots(object):
    __slots__ = ("left", "right", "unset")

    def __init__(self):
        self.left = [1, 2]
        self.right = None


class Derived(Slots):
    __slots__ = ("own",)

    def __init__(self):
        Slots.__init__(self)
        self.own = (3, 4)


class Basket(list):
    pass


class Table(dict):
    pass


class Old:
    rate = 19

    def __init__(self):
        self.value = 7


def make_many(cls):
    """With attributes that others do not have: no shared keys."""
    one = cls(5)
    for number in range(40):
        setattr(one, "extra_%d" % number, number)
    return one


app = types.ModuleType("app")
settings = types.ModuleType("app.settings")
sys.modules["app"] = app
sys.modules["app.settings"] = settings
app.settings = settings
settings.CACHES = {"default": {"BACKEND": "locmem", "TIMEOUT": 300}, "replica": {"TIMEOUT": None},
                   3: [1, -2, 3], None: "nothing", True: "yes", b"raw" if NEW else "raw": 1.5, ("a", 1): "pair"}
settings.PASSWORD = "hunter2"
settings.DATABASES = {"password": "hunter2", "host": "db"}
settings.ORDERED = collections.OrderedDict([("one", 1), ("two", [2])])
settings.SPLIT = {}
basket = Basket([1, 2, "three"])
basket.owner = "Ada"
table = Table(key="value")
app.plain = Plain(1)
app.many = make_many(Plain)
app.slots = Derived()
app.basket = basket
app.table = table
app.old = Old()
app.Plain = Plain
app.registry = [app.plain, app.many, app.slots, {"deep": [[["deeper"]]]}]
app.big = list(range(10000))
app.numbers = dict((number, str(number)) for number in range(2000))
app.text = u"\u00fc\U0001f600 and 'quotes'"
app.empty = []
app.nothing = None
app.loop = {"name": "loop"}
app.loop["self"] = app.loop
app.shared = [app.table, app.table]
app.large = {2 ** 64 - 1: "unsigned", -1: "signed", 2 ** 64: "larger", -2 ** 63: "least"}
if NEW:
    app.chain = collections.ChainMap({"a": 1}, {"a": 2, "b": [3]}, Table(key="value"))
    app.wrapped = collections.UserDict()
    app.wrapped.data = app.wrapped

ASKED = [
    ("app.settings.CACHES['default']['TIMEOUT']", 300),
    ("app.settings.CACHES[\"default\"]", settings.CACHES["default"]),
    ("app.settings.CACHES[3][-2]", -2),
    ("app.settings.CACHES[None]", "nothing"),
    ("app.settings.CACHES[True]", "yes"),
    ("app.settings.CACHES[b'raw']", 1.5),
    ("app.settings.CACHES[('a', 1)]", "pair"),
    ("app.settings.ORDERED['two']", [2]),
    ("app.plain.number", 1),
    ("app.plain.SHARED", "of the class"),
    ("app.Plain.SHARED", "of the class"),
    ("app.many.name", "plain"),
    ("app.many.extra_39", 39),
    ("app.slots.left", [1, 2]),
    ("app.slots.right", None),
    ("app.slots.own[1]", 4),
    ("app.basket[2]", "three"),
    ("app.basket.owner", "Ada"),
    ("app.table['key']", "value"),
    ("app.old.value", 7),
    ("app.old.rate", 19),
    ("app.registry[0].name", "plain"),
    ("app.registry[-1]['deep'][0][0][0]", "deeper"),
    ("app.big[9999]", 9999),
    ("app.numbers[1999]", "1999"),
    ("app.text", app.text),
    ("app.empty", []),
    ("app.nothing", None),
    # What os.environ gives as text it keeps as bytes.
    ("os.environ['STILL_VARIABLE']", os.environb[b"STILL_VARIABLE"] if NEW else os.environ["STILL_VARIABLE"]),
    ("app.large[-1]", "signed"),
    ("app.large[18446744073709551615%s]" % ("" if NEW else "L"), "unsigned"),
    ("app.large[18446744073709551616%s]" % ("" if NEW else "L"), "larger"),
    ("app.large[-9223372036854775808]", "least"),
    ("__main__.NEW", NEW),
    ("sys.maxsize", sys.maxsize),
]
if NEW:
    ASKED += [("app.chain['a']", 1), ("app.chain['b'][0]", 3), ("app.chain['key']", "value")]


def simple(value):
    return value is None or type(value) in (bool, int) or (type(value) in (list, tuple) and all(map(simple, value)))


def truth():
    objects = {"app.plain": app.plain, "app.registry": app.registry, "app.loop": app.loop, "app.table": app.table}
    return {
        "asked": [[name, repr(value) if simple(value) else None, type(value).__name__] for name, value in ASKED],
        "addresses": dict((name, hex(id(value)).rstrip("L")) for name, value in objects.items()),
        "sizes": dict((name, object.__sizeof__(value)) for name, value in objects.items()),
    }


def say(known):
    with open(sys.argv[1], "w") as out:
        json.dump(known, out)


say(truth())
# At rest, or busy where that was asked for.
sys.stdout.write("ready\n")
sys.stdout.flush()
if len(sys.argv) > 2:
    while True:
        app.counter = getattr(app, "counter", 0) + 1
while True:
    time.sleep(1000)
