"""C code locks a mutex that it has locked before.

certain self-deadlock: Deadlock: thread {any} ({file}:{line:AGAIN} in {any}) waits for {any}, which it holds itself
"""
import ctypes

mutex = ctypes.create_string_buffer(64)  # PTHREAD_MUTEX_INITIALIZER is all zero
libc = ctypes.CDLL(None)
libc.pthread_mutex_lock(mutex)
print("ready", flush=True)
libc.pthread_mutex_lock(mutex)  # AGAIN
