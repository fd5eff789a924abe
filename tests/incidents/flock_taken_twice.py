"""A process opens its lock file twice, and locks it twice with flock().

core: no

certain file-lock: Thread {tid} {any} waits at {file}:{line:WAITS} in take for a lock of {any}lock that this process itself
    holds
"""
import fcntl
import os
import sys

path = os.path.join(os.path.dirname(sys.argv[1]), "lock")


def take():
    file = open(path, "w")
    fcntl.flock(file, fcntl.LOCK_EX)  # WAITS
    return file


first = take()
print("ready", flush=True)
second = take()
