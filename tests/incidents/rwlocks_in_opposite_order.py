"""Two threads of C code take two read-write locks in opposite order, to write.

certain lock-cycle: Deadlock: threads {any} wait for one another
"""
import ctypes
import threading

libc = ctypes.CDLL(None)
first, second = (ctypes.create_string_buffer(64) for _ in range(2))  # PTHREAD_RWLOCK_INITIALIZER is all zero
both = threading.Barrier(2)


def take(one, other):
    libc.pthread_rwlock_wrlock(one)
    both.wait()
    libc.pthread_rwlock_wrlock(other)


thread = threading.Thread(target=take, args=(second, first))
thread.start()
print("ready", flush=True)
take(first, second)
