"""check_output() of a command that has left a process in the background, which still has the pipe.

core: no

likely pipe-kept-open: Thread {tid} {any} waits at {file}:{line:WAITS} in <module> for the end of a child's output: the child
    has ended, but process {pid} {any} still has the pipe open
"""
import subprocess
import sys

command = """
import os, time
if os.fork() == 0:
    time.sleep(1000)
print("started")
"""
print("ready", flush=True)
subprocess.check_output([sys.executable, "-c", command])  # WAITS
