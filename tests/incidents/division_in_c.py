"""C code divides by a number that Python code did not test.

certain division: Thread {tid} {any} died dividing an integer by zero, in {any}, called from
    {file}:{line:DIVIDES} in pages
live: no
"""
import ctypes


def pages(rows, per_page):
    return ctypes.CDLL(None).div(rows, per_page)  # DIVIDES


print("ready", flush=True)
pages(100, 0)
