"""A process holds a file lock, and nobody waits for it."""
import fcntl
import tempfile
import time

with tempfile.TemporaryFile() as file:
    fcntl.flock(file, fcntl.LOCK_EX)
    print("ready", flush=True)
    time.sleep(1000)
