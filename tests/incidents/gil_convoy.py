"""Four threads compute in Python, and each waits for the GIL most of the time.

watch: 0.5

likely gil-convoy: Threads queue for the GIL: two or more in {any} of 10 looks; thread {tid} "worker-{any}" held it most
    often, in {any}
"""
import threading

begun = threading.Barrier(5)


def compute():
    begun.wait()
    total = 0
    while True:
        total = (total * 31 + 7) % 1000003


for i in range(4):
    threading.Thread(target=compute, name="worker-%d" % i, daemon=True).start()
begun.wait()
print("ready", flush=True)
threading.Event().wait()
