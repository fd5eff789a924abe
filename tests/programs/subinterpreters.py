# A thread that runs in a second interpreter.
import os
import sys
import threading

import _truth

try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters

source = """
import time
def in_second_interpreter():
    time.sleep(1000)
in_second_interpreter()
"""


def run():
    second = interpreters.create()
    getattr(interpreters, "exec", getattr(interpreters, "run_string", None))(second, source)


thread = threading.Thread(target=run, name="runner")
thread.daemon = True
thread.start()
_truth.watch()
_truth.block()
