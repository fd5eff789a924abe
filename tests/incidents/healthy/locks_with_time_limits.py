"""Two threads ask for two locks in opposite order, each for a limited time: then both give up and begin anew."""
import threading

one, other = threading.RLock(), threading.RLock()
both = threading.Barrier(2)


def take(first, second):
    with first:
        both.wait()
        if second.acquire(timeout=3000):
            second.release()


print("ready", flush=True)
threading.Thread(target=take, args=(one, other)).start()
threading.Thread(target=take, args=(other, one)).start()
