"""A loop that is held up: one task blocks its thread, others are ready to go on, and a second loop runs in a thread of its
own. argv[2]: "task" or "callback", what blocks."""
import asyncio
import sys
import threading
import time

from _task_truth import settle, start, survey, write


def block():
    while True:
        time.sleep(1000)


async def blocks():
    block()


async def ready(event):
    await event.wait()


async def other_main():
    write_later.set()
    await asyncio.get_event_loop().create_future()


write_later = threading.Event()


def witness(loop):
    """Waits until the main thread sleeps in block(), and tells what it knows."""
    write_later.wait()
    main = threading.main_thread().ident
    while sys._current_frames()[main].f_code.co_name != "block":
        time.sleep(0.01)
    write({"tasks": survey(loop), "loop": hex(id(loop))})
    threading.Event().wait()


async def main():
    event = asyncio.Event()
    loop = asyncio.get_event_loop()
    tasks = [start(ready(event), "ready-%d" % number) for number in range(3)]
    await settle(2)
    # What blocks comes first, those that the event wakes behind it.
    if sys.argv[2] == "task":
        tasks.append(start(blocks(), "blocker"))
    else:
        loop.call_soon(block)
    event.set()
    await asyncio.gather(*tasks)


def run(coroutine):
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    if coroutine is main:
        for function, arguments in [(run, (other_main,)), (witness, (loop,))]:
            threading.Thread(target=function, args=arguments, daemon=True).start()
    loop.run_until_complete(coroutine())


run(main)
