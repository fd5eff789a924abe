"""Three threads wait on a condition, each of which took its lock with a with block; a signal ends the program."""
import signal
import sys
import threading

condition = threading.Condition()
signal.signal(signal.SIGTERM, lambda *_: sys.exit())


def wait():
    with condition:
        condition.wait()


for _ in range(3):
    threading.Thread(target=wait, daemon=True).start()
print("ready", flush=True)
with condition:
    condition.wait()
