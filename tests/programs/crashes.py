# A thread dies while ctypes reads an address that is not mapped.
import ctypes
import threading
import time

import _truth


def read(address):
    return ctypes.string_at(address, 1)


def crash():
    time.sleep(0.5)
    read(0x10)


thread = threading.Thread(target=crash, name="crasher")
thread.daemon = True
thread.start()
_truth.ready()
_truth.block()
