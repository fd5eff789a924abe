# A class statement calls a metaclass, which calls type.__new__, which calls __set_name__ or __init_subclass__.
import _truth


class Field(object):
    def __set_name__(self, owner, name):
        _truth.block()


class Base(object):
    def __init_subclass__(cls):
        _truth.block()


class Meta(type):
    def __new__(mcs, name, bases, body):
        return type.__new__(mcs, name, bases, body)


def make():
    return Meta("Made", (Base,), {"field": Field()})


_truth.watch()
make()
