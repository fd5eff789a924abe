"""join() of a process whose items in a multiprocessing.Queue nobody has taken yet: it ends when they are written.

core: no
uses: /dev/shm

certain child-pipe-full: Deadlock: thread {tid} {any} waits at {file}:{line:WAITS} in <module> for process {pid} {any} to
    end, whose thread {tid} waits until somebody here reads what it writes: its pipe is full
"""
import multiprocessing


def work(results):
    results.put("x" * 1000000)


if __name__ == "__main__":
    fork = multiprocessing.get_context("fork")
    results = fork.Queue()
    process = fork.Process(target=work, args=(results,))
    process.start()
    print("ready", flush=True)
    process.join()  # WAITS
    results.get()
