"""A callback of dl_iterate_phdr(), which runs under the loader's lock, waits for a thread that loads a library.

runs: yes
core: no
certain lock-cycle: Deadlock: threads {any} wait for one another
"""
import ctypes
import threading

loader = None


def load():
    ctypes.CDLL("libutil.so.1")


@ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_void_p)
def look(info, size, data):
    loader.start()
    loader.join()
    return 1


loader = threading.Thread(target=load, name="loader")
print("ready", flush=True)
ctypes.CDLL(None).dl_iterate_phdr(look, None)
