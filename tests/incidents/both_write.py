"""We write to a child all at once, and the child answers each line: both pipes are full.

core: no

certain pipe-deadlock: Deadlock: thread {tid} {any} waits at {file}:{line:WRITES} in <module> until process {pid} {any} reads,
    and that waits until this process reads
"""
import subprocess
import sys

child = subprocess.Popen([sys.executable, "-c", "import sys\nfor line in sys.stdin: print(line * 10, flush=True)"],
                         stdin=subprocess.PIPE, stdout=subprocess.PIPE)
print("ready", flush=True)
child.stdin.write(b"line\n" * 100000)  # WRITES
child.stdin.close()
child.stdout.read()
