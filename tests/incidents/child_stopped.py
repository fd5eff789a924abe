"""A child was stopped and nobody lets it go on.

core: no

certain child-stopped: Thread {tid} {any} waits at {file}:{line:WAITS} in <module> for process {pid} {any}, which is stopped
    by a signal
"""
import os
import signal
import subprocess
import sys

child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"])
os.kill(child.pid, signal.SIGSTOP)
print("ready", flush=True)
child.wait()  # WAITS
