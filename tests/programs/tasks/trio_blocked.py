"""A run of trio that is held up: one task blocks its thread, others are ready to go on."""
import sys
import threading
import time

import trio
import trio.testing

from _task_truth import write


def block():
    while True:
        time.sleep(1000)


async def blocks(event):
    event.set()
    block()


def witness():
    """Waits until the main thread sleeps in block()."""
    main = threading.main_thread().ident
    while sys._current_frames()[main].f_code.co_name != "block":
        time.sleep(0.01)
    write({})
    threading.Event().wait()


async def main():
    event = trio.Event()
    async with trio.open_nursery() as nursery:
        for number in range(3):
            nursery.start_soon(event.wait, name="ready-%d" % number)
        await trio.testing.wait_all_tasks_blocked()
        nursery.start_soon(blocks, event, name="blocker")


threading.Thread(target=witness, daemon=True).start()
trio.run(main)
