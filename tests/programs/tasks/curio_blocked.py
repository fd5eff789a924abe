"""A kernel of curio that is held up: one task blocks its thread, others are ready to go on, one has not begun."""
import sys
import threading
import time

import _curio_truth  # makes curio import
from _task_truth import write

import curio


def block():
    while True:
        time.sleep(1000)


async def blocks(event):
    await curio.spawn(begins)
    await event.set()
    block()


async def begins():
    pass


async def waits(event):
    await event.wait()


def witness():
    """Waits until the main thread sleeps in block()."""
    main = threading.main_thread().ident
    while sys._current_frames()[main].f_code.co_name != "block":
        time.sleep(0.01)
    write({})
    threading.Event().wait()


async def main():
    event = curio.Event()
    tasks = [await curio.spawn(waits, event) for _ in range(3)]
    await curio.sleep(0)
    tasks.append(await curio.spawn(blocks, event))
    await tasks[-1].join()


threading.Thread(target=witness, daemon=True).start()
curio.run(main)
