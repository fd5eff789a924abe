"""A child waits for its standard input, which we keep open for the next order, while main waits for such orders."""
import subprocess
import sys
import threading

child = subprocess.Popen([sys.executable, "-c", "import sys; print(sys.stdin.readline(), flush=True); sys.stdin.read()"],
                         stdin=subprocess.PIPE, stdout=subprocess.PIPE)
child.stdin.write(b"x\n")
child.stdin.flush()
child.stdout.readline()
print("ready", flush=True)
threading.Event().wait()
