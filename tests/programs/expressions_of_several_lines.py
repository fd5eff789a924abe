# Calls and operators over several lines; the program also tells how Python's own traceback shows them.
import threading
import traceback

import _truth


class Number(object):
    def __add__(self, other):
        _truth.block()

    def __call__(self, *args):
        _truth.block()


def assigned(function=Number()):
    total = function(
        1,
        2,
    )
    return total


def nested(function=Number()):
    return [
        1,
        function(
            1,
            2,
            3,
            4,
        ),
    ]


def added(left=Number()):
    return (
        left
        + 1
    )


def chained(function=Number()):
    if function(
        "größe",  # a comment
        "名前"
    ) and True:
        return 1


describe_frame = _truth.describe


def describe(frame):
    told = describe_frame(frame)
    line, end_line, column, end_column = told["positions"]
    summary = traceback.FrameSummary(told["file"], line, told["function"], end_lineno=end_line, colno=column,
                                     end_colno=end_column)
    told["drawn"] = traceback.StackSummary.from_list([summary]).format()[0].partition("\n")[2].rstrip()
    return told


_truth.describe = describe
for target in (assigned, nested, added, chained):
    threading.Thread(target=target, name=target.__name__, daemon=True).start()
_truth.watch()
_truth.block()
