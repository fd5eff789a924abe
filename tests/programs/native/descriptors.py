# An attribute leads through a property, __getattr__, a descriptor's __get__ and __getattribute__.
import _truth


class Descriptor(object):
    def __get__(self, instance, owner):
        return Deep().anything


class Deep(object):
    def __getattribute__(self, name):
        _truth.block()


class Holder(object):
    described = Descriptor()

    def __getattr__(self, name):
        return getattr(self, "described")


class Account(object):
    def __init__(self):
        self.holder = Holder()

    @property
    def balance(self):
        return self.holder.missing


_truth.watch()
Account().balance
