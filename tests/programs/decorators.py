# Decorated functions, properties, closures, keyword calls and an exception that is being handled.
import contextlib
import functools

import _truth


def traced(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs)
    return wrapper


class Account(object):
    @property
    def balance(self):
        return self.load(limit=3)

    @traced
    def load(self, limit):
        try:
            raise ValueError(limit)
        except ValueError:
            with self.context():
                return sorted([3, 1, 2], key=lambda value: _truth.block())

    @contextlib.contextmanager
    def context(self):
        yield


_truth.watch()
Account().balance
