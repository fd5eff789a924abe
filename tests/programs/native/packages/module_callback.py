# module_callback.py TRUTH MODULE: a function of an extension module made by Cython, pybind11 or nanobind calls back.
import importlib
import sys

import _truth

module = importlib.import_module(sys.argv[2])


def called():
    _truth.block()


def call():
    return module.call_through(called, 2)


_truth.watch()
call()
