"""The program is over, and multiprocessing waits for a process of it that waits for orders.

core: no
uses: /dev/shm

note exit-blocked: The program is over and waits for process {pid} exit_waits_for_process.py to end
"""
import multiprocessing


def work(orders):
    print("ready", flush=True)
    orders.get()


if __name__ == "__main__":
    fork = multiprocessing.get_context("fork")
    fork.Process(target=work, args=(fork.Queue(),)).start()
