# Waits, and cannot be interrupted, until its child runs another program, which sleeps instead.
import ctypes
import signal

import _wait

CLONE_VFORK = 0x4000
libc = ctypes.CDLL(None)
stack = ctypes.create_string_buffer(1 << 16)
top = (ctypes.addressof(stack) + len(stack)) & ~15
_wait.expect("waits until a new process runs its program (wait channel #)", None, "clone")
libc.clone(libc.sleep, ctypes.c_void_p(top), CLONE_VFORK | signal.SIGCHLD, ctypes.c_void_p(300))
