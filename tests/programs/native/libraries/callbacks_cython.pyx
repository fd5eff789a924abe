# cython: language_level=3
# Cython: a def function, a cdef function, a method and a generator, each of which calls the next one.


cdef int repeat(function, int left) except -1:
    if left > 0:
        return repeat(function, left - 1)
    for _ in generate(function):
        pass
    return 0


def generate(function):
    yield Caller(function).invoke()


cdef class Caller:
    cdef object function

    def __init__(self, function):
        self.function = function

    def invoke(self):
        return self.function()


def call_through(function, int levels):
    return repeat(function, levels)
