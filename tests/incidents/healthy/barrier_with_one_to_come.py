"""Two threads wait at a barrier for a third one that still works."""
import threading
import time

barrier = threading.Barrier(3)
for _ in range(2):
    threading.Thread(target=barrier.wait, daemon=True).start()
print("ready", flush=True)
time.sleep(1000)
barrier.wait()
