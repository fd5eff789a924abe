"""Three threads compute and take the GIL from one another.

runs: yes
"""
import threading


def compute():
    total = 0
    while True:
        for i in range(1000):
            total += i * i
        steps[threading.get_ident()] = total


steps = {}
for _ in range(3):
    threading.Thread(target=compute, daemon=True).start()
while len(steps) < 3:
    pass
print("ready", flush=True)
threading.Event().wait()
