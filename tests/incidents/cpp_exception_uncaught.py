"""C++ code throws an exception, and the C code that called it cannot catch it.

certain cpp-terminate: Thread {tid} "worker" died of a C++ exception that nobody caught: std::runtime_error("no such
    table: prices"), in {any}, called from {file}:{line:CALLS} in query
live: no
uses: /usr/lib/x86_64-linux-gnu/libstdc++.so.6
"""
import ctypes
import threading


def query(table):
    library = ctypes.CDLL("libstdc++.so.6")
    library._ZSt21__throw_runtime_errorPKc(b"no such table: " + table)  # CALLS


print("ready", flush=True)
thread = threading.Thread(target=query, args=(b"prices",), name="worker")
thread.start()
thread.join()
