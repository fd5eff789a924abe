# A weak reference's callback, run when the object goes away.
import weakref

import _truth


class Thing(object):
    pass


def gone(reference):
    _truth.block()


def forget():
    thing = Thing()
    reference = weakref.ref(thing, gone)
    del thing
    return reference


_truth.watch()
forget()
