"""A thread asks again and again whether it may go on, and never sleeps.

watch: 0.5

note busy-loop: Thread {tid} "waiter" runs all the time in wait, {any} of {file}
"""
import threading


class Job:
    done = False


def wait(job):
    while not job.done:
        pass


threading.Thread(target=wait, args=(Job,), name="waiter", daemon=True).start()
print("ready", flush=True)
threading.Event().wait()
