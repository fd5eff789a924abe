"""A thread reads what a child writes, main waits for the child: neither pipe is ever full."""
import subprocess
import sys
import threading

child = subprocess.Popen([sys.executable, "-c", "import time; print('x' * 1000, flush=True); time.sleep(1000)"],
                         stdout=subprocess.PIPE)
child.stdout.read(1000)
threading.Thread(target=child.stdout.read, daemon=True).start()
print("ready", flush=True)
child.wait()
