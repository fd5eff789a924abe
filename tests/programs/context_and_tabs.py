# Sub-expressions behind tabs and inside f-strings, comparisons, slices, star calls, await-free walrus and chains.
import threading

import _truth


class Stops(object):
    def __eq__(self, other):
        _truth.block()

    __hash__ = None

    def __getattr__(self, name):
        _truth.block()

    def __format__(self, spec):
        _truth.block()

    def __iter__(self):
        _truth.block()

    def __neg__(self):
        _truth.block()


def compare():
	return 1 if (Stops()	==	2) else 3


def attribute():
    return (Stops().first
            .second)


def formatted():
    return f"значение: {Stops()!s:>3} and {Stops():x}"


def unpack():
    first, *rest = Stops()


def star():
    print("ｗｉｄｅ", *Stops())


def negative():
    return [1, -Stops(), 2]


for target in (compare, attribute, formatted, unpack, star, negative):
    thread = threading.Thread(target=target, name=target.__name__)
    thread.daemon = True
    thread.start()
_truth.watch()
_truth.block()
