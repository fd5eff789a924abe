"""A child waits for a command of its own, whose complaints nobody reads, while we wait for the child.

core: no

certain child-pipe-full: Deadlock: thread {tid} {any} waits at {file}:{line:WAITS} in <module> for process {pid} {any} to
    end, which waits until somebody here reads what it writes: its pipe is full
"""
import subprocess
import sys

command = "import subprocess, sys; subprocess.call([sys.executable, '-c', 'import sys; sys.stderr.write(\"x\" * 200000)'])"
child = subprocess.Popen([sys.executable, "-c", command], stderr=subprocess.PIPE)
print("ready", flush=True)
child.wait()  # WAITS
