# pickle asks __reduce__ of one object, and __getstate__ of another that it finds in there.
import pickle

import _truth


class Inner(object):
    def __getstate__(self):
        _truth.block()


class Outer(object):
    def __reduce__(self):
        return (list, (pickle.dumps([Inner()], 2),))


def save():
    return pickle.dumps({"outer": Outer()}, 2)


_truth.watch()
save()
