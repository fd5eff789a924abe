"""C code waits for its mutex without letting go of the GIL; who has the mutex waits for the GIL.

runs: yes
core: no
certain lock-cycle: Deadlock: threads {any} wait for one another
"""
import ctypes
import threading

mutex = ctypes.create_string_buffer(64)  # PTHREAD_MUTEX_INITIALIZER is all zero
releases_gil, keeps_gil = ctypes.CDLL(None), ctypes.PyDLL(None)
taken, go_on = threading.Event(), threading.Event()


def one():
    releases_gil.pthread_mutex_lock(mutex)
    taken.set()
    while True:
        releases_gil.sched_yield()  # lets go of the GIL, and wants it back


def other():
    taken.wait()
    keeps_gil.pthread_mutex_lock(mutex)


threading.Thread(target=one, name="one").start()
print("ready", flush=True)
threading.Thread(target=other, name="other").start()
