"""A process waits for a file lock that its child has inherited and keeps.

certain file-lock: Thread {tid} {any} waits at {file}:{line:WAITS} in take for a lock of {any}lock that process {pid}
    file_lock_of_another.py holds
core: no
"""
import fcntl
import os
import sys
import time

path = os.path.join(os.path.dirname(sys.argv[1]), "lock")


def take(file):
    fcntl.lockf(file, fcntl.LOCK_EX)  # WAITS


reader, writer = os.pipe()
if os.fork() == 0:
    with open(path, "w") as file:
        take(file)
        os.write(writer, b"x")
        time.sleep(1000)
os.read(reader, 1)
with open(path, "w") as file:
    print("ready", flush=True)
    take(file)
