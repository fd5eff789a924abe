"""A child has ended, and main will come back to it after its work."""
import os
import time

reader, writer = os.pipe()
if os.fork() == 0:
    os._exit(0)
os.close(writer)
os.read(reader, 1)
print("ready", flush=True)
time.sleep(1000)
