# Running expressions in odd places: after wide characters, behind tabs, over several lines, in operators.
import threading

import _truth


class Number(object):
    def __add__(self, other):
        _truth.block()

    def __getitem__(self, key):
        _truth.block()

    def __call__(self, *args):
        _truth.block()


def add():
    text = "日本語"; left = Number(); return len(text) + (left + 1)


def item():
	if True:
		table = [Number()]; return table[0]["é" + "key"]


def call(function=Number()):
    return (
        1,
        function(
            2,
            3
        ),
    )


def whole_line():
    _truth.block()


def chain():
    return [1, 2, 3].index(2) + Number()(5) * 7 if True else None


for target in (add, item, call, whole_line, chain):
    thread = threading.Thread(target=target, name=target.__name__)
    thread.daemon = True
    thread.start()
_truth.watch()
_truth.block()
