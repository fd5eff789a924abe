"""Three threads wait on a condition, each of which took its lock with a with block."""
import threading

condition = threading.Condition()


def wait():
    with condition:
        condition.wait()


for _ in range(3):
    threading.Thread(target=wait, daemon=True).start()
print("ready", flush=True)
with condition:
    condition.wait()
