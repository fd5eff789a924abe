"""A static variable of C++ calls back into Python while it is made; who holds the GIL waits for the same variable.

library: static_table.cpp
uses: /usr/lib/x86_64-linux-gnu/libstdc++.so.6
runs: yes
core: no
likely lock-cycle: Deadlock: threads {tid} "first" ({any} in fill) and {tid} "second" ({file}:{line:WAITS} in
    second) wait for one another
"""
import ctypes
import os
import threading

library = os.path.join(os.path.dirname(os.path.abspath(__file__)), "libstatic_table.so")
releases_gil, keeps_gil = ctypes.CDLL(library), ctypes.PyDLL(library)
inside = threading.Event()


@ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)
def fill(number):
    inside.set()
    while True:
        pass


def first():
    releases_gil.look_up(fill)


def second():
    inside.wait()
    keeps_gil.look_up(fill)  # WAITS


print("ready", flush=True)
threading.Thread(target=first, name="first").start()
threading.Thread(target=second, name="second").start()
