# A loop that has run long enough for a JIT to compile it, whose C call runs Python code that blocks.
import _truth

LAST = 30000


def work(number):
    if number == LAST:
        _truth.block()
    return number


def hot():
    total = 0
    for number in range(LAST + 1):
        total += number
        sorted((number, number), key=work)


_truth.watch()
hot()
