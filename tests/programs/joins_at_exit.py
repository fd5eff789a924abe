# The main thread has ended its program and joins a thread that does not end.
import threading

import _truth


def stay():
    _truth.block()


thread = threading.Thread(target=stay, name="stays")
thread.start()
_truth.watch()
