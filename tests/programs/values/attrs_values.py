# Objects of classes made by attrs, made up from a fixed seed, in the local `values`; the truth is repr() of each.
import json
import random
import sys
import time

import attr

made = random.Random(14)


@attr.s
class Order(object):
    number = attr.ib()
    lines = attr.ib(default=None)
    hidden = attr.ib(default=3, repr=False)


@attr.s(slots=True)
class Slotted(object):
    first = attr.ib()
    second = attr.ib(default=attr.Factory(list))


@attr.s(frozen=True, slots=True)
class Frozen(Slotted):
    third = attr.ib(default="it's")


@attr.s(auto_attribs=True)
class Empty(object):
    pass


class Derived(Order):
    pass


def outer():
    @attr.s
    class Inner(object):
        x = attr.ib()

    return Inner


class Shop(object):
    @attr.s
    class Item(object):
        price = attr.ib()


KINDS = [Order, Slotted, Frozen, lambda x, y: Empty(), Derived, lambda x, y: outer()(x), lambda x, y: Shop.Item(y)]


def some(depth):
    how = made.randint(0, 4 if depth else 2)
    if how < 3:
        return made.choice([None, made.getrandbits(made.choice([3, 70])), "text", 0.5, ()])
    return [some(depth - 1)] if how == 3 else made.choice(KINDS)(some(depth - 1), some(depth - 1))


def stand():
    values = [made.choice(KINDS)(some(2), some(2)) for _ in range(2000)]
    with open(sys.argv[1], "w") as out:
        json.dump({"values": [repr(one) for one in values]}, out)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while values:
        time.sleep(1000)


stand()
