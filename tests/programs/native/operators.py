# Operators and protocols in C that ask Python: ==, hash(), in, [], with, str(), iteration.
import _truth


class Value(object):
    def __eq__(self, other):
        _truth.block()

    def __hash__(self):
        return 1


class Sequence(object):
    def __getitem__(self, index):
        return Value() in {Value(): 1}

    def __len__(self):
        return 1

    def __iter__(self):
        yield self[0]

    def __str__(self):
        return str(tuple(self))


def describe(sequence):
    return "%s" % sequence


_truth.watch()
describe(Sequence())
