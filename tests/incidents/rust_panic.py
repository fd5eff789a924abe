"""A function of Rust panics, and the C code that called it cannot catch that.

certain rust-panic: Thread {tid} "worker" died of a panic in Rust that nobody caught, in {any}, called from
    {file}:{line:CALLS} in price
live: no
library: panics.rs
"""
import ctypes
import os
import threading


def price(index):
    library = ctypes.CDLL(os.path.join(os.path.dirname(os.path.abspath(__file__)), "libpanics.so"))
    library.price_of.argtypes = [ctypes.c_size_t]
    return library.price_of(index)  # CALLS


print("ready", flush=True)
thread = threading.Thread(target=price, args=(3,), name="worker")
thread.start()
thread.join()
