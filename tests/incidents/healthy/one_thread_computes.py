"""One thread computes, the others sleep: nobody queues for the GIL.

watch: 0.5
"""
import threading


def compute():
    total = 0
    print("ready", flush=True)
    while True:
        total = (total * 31 + 7) % 1000003


threading.Thread(target=compute, daemon=True).start()
threading.Event().wait()
