"""A static variable of C++ takes long to be made, until a signal comes, and nobody else asks for it.

library: static_table.cpp
uses: /usr/lib/x86_64-linux-gnu/libstdc++.so.6
"""
import ctypes
import os
import signal
import threading

library = ctypes.CDLL(os.path.join(os.path.dirname(os.path.abspath(__file__)), "libstatic_table.so"))
done = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: done.set())


@ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)
def fill(number):
    done.wait()
    return number


threading.Thread(target=library.look_up, args=(fill,), daemon=True).start()
print("ready", flush=True)
done.wait()
