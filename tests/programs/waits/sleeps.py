# Sleeps. From Python 3.11 on until a moment, before that for a time (Modules/timemodule.c).
import sys
import time

import _wait

if sys.version_info >= (3, 11):
    _wait.expect("sleeps, # s left", "sleeps", "clock_nanosleep")
else:
    _wait.expect("sleeps for 1000 s", "sleeps for 1000 s", "select", "pselect6")
time.sleep(1000)
