# Threads that begin and end all the time.
import threading

import _truth


def brief(left):
    if left:
        brief(left - 1)


def churn():
    while True:
        threads = [threading.Thread(target=brief, args=(5,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


_truth.ready()
churn()
