# Exceptions that are being handled, a finally block and a with block on the way out.
import _truth


class Guard(object):
    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        _truth.block()


def fail(number):
    if number:
        return fail(number - 1)
    raise KeyError("no such thing")


def handle():
    try:
        fail(3)
    except KeyError:
        try:
            raise ValueError("second")
        finally:
            with Guard():
                pass


_truth.watch()
handle()
