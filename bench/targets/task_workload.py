"""An event loop of many sleeping tasks, in a thread of its own."""

import asyncio
import threading


async def fetch(delay):
    await asyncio.sleep(delay)


async def job(number):
    await fetch(100_000 + number)


async def gather_all(count, begun):
    jobs = [asyncio.ensure_future(job(number)) for number in range(count)]
    await asyncio.sleep(0)
    asyncio.get_running_loop().call_soon(begun.set)
    await asyncio.gather(*jobs)


def start(count):
    """Returns when all of them sleep."""
    begun = threading.Event()
    threading.Thread(target=lambda: asyncio.run(gather_all(count, begun)), name="tasks", daemon=True).start()
    begun.wait()
