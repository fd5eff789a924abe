"""A forked child reads a pipe to its end, and has forgotten to close the writing end that it has inherited.

core: no

certain child-waits-for-input: Deadlock: thread {tid} {any} waits at {file}:{line:WAITS} in <module> for process {pid} {any}
    to end, which waits for input from a pipe that is kept open here
"""
import os

reader, writer = os.pipe()
child = os.fork()
if child == 0:
    with open(reader, "rb") as orders:
        orders.read()
    os._exit(0)
os.write(writer, b"order")
print("ready", flush=True)
os.waitpid(child, 0)  # WAITS
