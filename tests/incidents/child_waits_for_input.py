"""Popen.wait() for a child that reads its input to the end, which never comes: we keep the pipe open.

core: no

certain child-waits-for-input: Deadlock: thread {tid} {any} waits at {file}:{line:WAITS} in <module> for process {pid} {any}
    to end, which waits for input from a pipe that is kept open here
"""
import subprocess
import sys

child = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)
child.stdin.write(b"order\n")
child.stdin.flush()
print("ready", flush=True)
child.wait()  # WAITS
