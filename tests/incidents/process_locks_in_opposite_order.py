"""Two processes take the same two locks in opposite order.

core: no
uses: /dev/shm
certain lock-cycle: Deadlock: processes {pid} (this one) at {file}:{line:HERE} in <module> and {pid} {any} at
    {file}:{line:THERE} in work wait for one another
"""
import multiprocessing


def work(first, second, taken):
    with second:
        taken.send(True)
        with first:  # THERE
            pass


if __name__ == "__main__":
    fork = multiprocessing.get_context("fork")
    first, second = fork.Lock(), fork.Lock()
    here, there = fork.Pipe()
    with first:
        worker = fork.Process(target=work, args=(first, second, there), daemon=True)
        worker.start()
        here.recv()
        print("ready", flush=True)
        with second:  # HERE
            pass
