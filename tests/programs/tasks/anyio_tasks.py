"""Task groups of AnyIO. argv[2]: on which scheduler."""
import sys

import anyio

from _task_truth import write


async def leaf(event):
    await event.wait()


async def hold(lock):
    async with lock:
        await anyio.sleep_forever()


async def inner(event):
    async with anyio.create_task_group() as group:
        group.start_soon(leaf, event, name="leaf-0")
        group.start_soon(leaf, event, name="leaf-1")


async def main():
    lock = anyio.Lock()
    async with anyio.create_task_group() as group:
        group.start_soon(hold, lock, name="holder")
        await anyio.wait_all_tasks_blocked()
        group.start_soon(hold, lock, name="waiter")
        group.start_soon(inner, anyio.Event(), name="inner")
        await anyio.wait_all_tasks_blocked()
        group.start_soon(ready, name="ready")


async def ready():
    await anyio.wait_all_tasks_blocked()
    write({})
    await anyio.sleep_forever()


anyio.run(main, backend=sys.argv[2])
