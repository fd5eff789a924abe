"""The program that bench/compare.py looks at: THREADS threads of FRAMES frames each, asleep or with one busy.

    workload.py LIBRARY BOARD --threads 21 --frames 50 [--busy] [--ballast-mb 1300] [--libraries FOLDER] [--values] [--tasks 10000]

LIBRARY is clock_watch.so, BOARD the shared file it writes to. The main thread is one of the threads. With --values each
call has eight locals of its own. With --tasks one more thread runs an event loop of so many tasks, which sleep.
"""

import argparse
import ctypes
import os
import sys
import threading


def depth_here():
    frame, depth = sys._getframe(1), 0
    while frame is not None:
        frame, depth = frame.f_back, depth + 1
    return depth


def serve(left, last):
    if left <= 0:
        return last()
    return route(left - 1, last)


def route(left, last):
    if left <= 0:
        return last()
    return handle(left - 1, last)


def handle(left, last):
    if left <= 0:
        return last()
    return serve(left - 1, last)


class Order:
    def __init__(self, number):
        self.number = number
        self.customer = "customer %d" % number
        self.items = [number, number + 1]


def compute(left, last):
    if left <= 0:
        return last()
    ratio = left / 7
    text = "order %d of the day" % left
    numbers = list(range(left, left + 10))
    prices = {"item %d" % n: n * 1.5 for n in range(5)}
    order = Order(left)
    pair = (text, ratio)
    seen = {left, left + 1}
    result = compute(left - 1, last)
    return result, ratio, text, numbers, prices, order, pair, seen


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("library")
    parser.add_argument("board")
    parser.add_argument("--threads", type=int, default=21)
    parser.add_argument("--frames", type=int, default=50)
    parser.add_argument("--busy", action="store_true")
    parser.add_argument("--ballast-mb", type=int, default=0)
    parser.add_argument("--values", action="store_true")
    parser.add_argument("--tasks", type=int, default=0)
    parser.add_argument("--libraries", help="a folder; each file in there is loaded")
    options = parser.parse_args()

    if options.tasks:
        import task_workload  # asyncio, which the others do without

        task_workload.start(options.tasks)
    loaded = [ctypes.CDLL(file.path) for file in os.scandir(options.libraries)] if options.libraries else []
    ballast = bytearray(b"\xa5") * (options.ballast_mb << 20)
    released = ctypes.CDLL(options.library)  # lets go of the GIL during a call
    holding = ctypes.PyDLL(options.library)  # keeps it
    if holding.clock_watch_open(options.board.encode()) != 0:
        sys.exit(f"cannot map {options.board}")
    sys.setrecursionlimit(options.frames + 200)

    def sleep():
        released.clock_watch_sleep()

    def watch():
        tick = holding.clock_watch_tick
        while True:
            tick()

    def stack(last):
        (compute if options.values else serve)(options.frames - depth_here() - 2, last)

    threading.stack_size(256 << 10)
    for _ in range(options.threads - 1):
        threading.Thread(target=stack, args=(sleep,), daemon=True).start()
    stack(watch if options.busy else sleep)
    return ballast, loaded


main()
