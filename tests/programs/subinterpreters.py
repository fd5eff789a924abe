# A thread that runs in a second interpreter.
import threading
import time

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
# No truth here: sys._current_frames() of 3.12 and 3.13 spoils the memory of an interpreter with a GIL of its own.
time.sleep(0.5)
_truth.ready()
_truth.block()
