"""We wait for the answer of a child that is still waiting for the end of the line.

core: no

certain pipe-deadlock: Deadlock: thread {tid} {any} waits at {file}:{line:READS} in <module> until process {pid} {any} writes,
    and that waits until this process writes
"""
import subprocess
import sys

child = subprocess.Popen([sys.executable, "-c", "import sys\nfor line in sys.stdin: print(line, flush=True)"],
                         stdin=subprocess.PIPE, stdout=subprocess.PIPE)
child.stdin.write(b"order")
child.stdin.flush()
print("ready", flush=True)
child.stdout.readline()  # READS
