"""The output of one command is the input of another one, which is slow; we wait for the first one."""
import subprocess
import sys

first = subprocess.Popen([sys.executable, "-c", "print('line\\n' * 100000)"], stdout=subprocess.PIPE)
second = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"], stdin=first.stdout)
print("ready", flush=True)
first.wait()
