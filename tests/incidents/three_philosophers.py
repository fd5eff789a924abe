"""Three threads and three locks in a circle.

certain lock-cycle: Deadlock: threads {tid} "a" ({file}:{line:EAT} in eat), {tid} "{any}" ({file}:{line:EAT} in eat) and {tid} "{any}"
    ({file}:{line:EAT} in eat) wait for one another
"""
import threading

forks = [threading.RLock() for _ in range(3)]
all_hold_one = threading.Barrier(3)


def eat(left, right):
    with left:
        all_hold_one.wait()
        with right:  # EAT
            pass


print("ready", flush=True)
for i, name in enumerate("abc"):
    threading.Thread(target=eat, args=(forks[i], forks[(i + 1) % 3]), name=name).start()
