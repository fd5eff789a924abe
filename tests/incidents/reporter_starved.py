"""Two workers have a lock in turn, and nearly all the time; a third thread that needs it for a moment waits for it.

watch: 1
likely starved: Thread {tid} "reporter" waited for lock `lock` in all 10 looks, while 2 other threads had it in turn
"""
import threading
import time

lock = threading.Lock()
turns = [threading.Semaphore(1), threading.Semaphore(0)]
wanted = threading.Semaphore(0)


def work(number):
    while True:
        turns[number].acquire()
        with lock:
            wanted.release()
            time.sleep(0.3)  # long for a lock
        turns[1 - number].release()


def report():
    reports = 0
    while True:
        wanted.acquire()
        with lock:
            reports += 1


for i in range(2):
    threading.Thread(target=work, args=(i,), name="worker-%d" % i, daemon=True).start()
threading.Thread(target=report, name="reporter", daemon=True).start()
print("ready", flush=True)
threading.Event().wait()
