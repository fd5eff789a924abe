"""Popen.wait() for a child that sleeps and has no pipe to us."""
import subprocess
import sys

child = subprocess.Popen([sys.executable, "-c", "import time; print('ready', flush=True); time.sleep(1000)"])
child.wait()
