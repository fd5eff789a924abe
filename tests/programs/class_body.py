# A class body that does not come to its end.
import _truth

_truth.watch()


class Outer(object):
    class Inner(object):
        value = [_truth.block() for _ in range(1)]
