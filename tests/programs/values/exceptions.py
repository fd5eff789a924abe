# Exceptions that are handled, within one another: in except, in finally, inside a generator and while another one is.
import _truth


class Trouble(Exception):
    pass


def outer():
    try:
        raise Trouble(1, 2)
    except Trouble:
        inside_generator()


def inside_generator():
    for _ in produce():
        pass


def produce():
    try:
        raise KeyError(3)
    except KeyError:
        yield finally_block()


def finally_block():
    try:
        deeper(4)
    finally:
        nothing_here()


def deeper(number):
    raise Trouble(number)


def nothing_here():
    try:
        raise ValueError(5)
    except ValueError:
        pass
    _truth.block()


_truth.watch()
outer()
