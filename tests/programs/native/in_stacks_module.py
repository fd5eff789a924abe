# in_stacks_module.py TRUTH FUNCTION [NUMBER]: a C function of an extension module does not come back.
import sys

import _truth
import stacks_module


def call():
    stacks_module.call(sys.argv[2], *[int(number) for number in sys.argv[3:]])


_truth.watch()
call()
