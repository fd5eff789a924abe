"""A forked daemon waits for a lock that its handler of SIGTERM lets go of.

look: child
core: no
"""
import os
import signal
import threading

child = os.fork()
if child == 0:
    ended = threading.Lock()
    ended.acquire()
    signal.signal(signal.SIGTERM, lambda *_: ended.release())
    ended.acquire()
    os._exit(0)
print("ready", flush=True)
os.waitpid(child, 0)
