# A profile function that blocks: the evaluation loop calls it when a function begins.
import sys

import _truth


def profile(frame, event, argument):
    if frame.f_code.co_name == "profiled":
        sys.setprofile(None)
        _truth.block()


def profiled():
    pass


def begin():
    sys.setprofile(profile)
    profiled()


_truth.watch()
begin()
