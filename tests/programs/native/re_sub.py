# The replacement of re.sub() is a function.
import re

import _truth


def replacement(match):
    _truth.block()


def substitute(text):
    return re.sub("b+", replacement, text)


_truth.watch()
substitute("abba")
