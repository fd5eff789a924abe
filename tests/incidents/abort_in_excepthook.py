"""Exceptions that nobody catches end the program with a core, for somebody to look at.

certain abort: Thread {tid} {any} called abort(), in {any}, called from {file}:{line:ABORTS} in leave_a_core
likely python-exception: RuntimeError('no price for EURUSD'), raised at {file}:{line:RAISES} in total was caught by
    nobody when the process died
live: no
"""
import os
import sys


def leave_a_core(kind, value, traceback):
    os.abort()  # ABORTS


def price(symbol):
    return {}[symbol]  # LOOKS


def total(symbol):
    try:
        return price(symbol)
    except KeyError as error:
        raise RuntimeError("no price for " + symbol) from error  # RAISES


sys.excepthook = leave_a_core
print("ready", flush=True)
total("EURUSD")  # BEGINS
