"""What tasks can wait for with AnyIO's own means, one task each, named for it. argv[2]: on which scheduler."""
import sys
import threading

import anyio
import anyio.to_thread

from _task_truth import write

release = threading.Event()


async def hold(lock):
    async with lock:
        await anyio.sleep_forever()


async def condition(one):
    async with one:
        await one.wait()


async def iterates(stream):
    async for _ in stream:
        pass


async def main():
    begun, never = threading.Event(), anyio.Event()
    lock, limiter, changed, other = anyio.Lock(), anyio.CapacityLimiter(1), anyio.Condition(), anyio.Condition()
    send, full = anyio.create_memory_object_stream(1)
    send.send_nowait(1)
    unused, empty = anyio.create_memory_object_stream(1)

    def block():
        begun.set()
        release.wait()

    async with anyio.create_task_group() as group:
        def add(name, call, *arguments):
            group.start_soon(call, *arguments, name=name)

        add("holder", hold, lock)
        add("borrower", hold, limiter)
        add("condition", condition, changed)
        await anyio.wait_all_tasks_blocked()
        add("condition_holder", hold, changed)
        await anyio.wait_all_tasks_blocked()
        add("lock", hold, lock)
        add("limiter", hold, limiter)
        add("condition_lock", hold, changed)
        add("semaphore", hold, anyio.Semaphore(0))
        add("event", never.wait)
        add("queue_get", iterates, empty)
        add("queue_put", send.send, 2)
        add("thread", anyio.to_thread.run_sync, block)
        await anyio.to_thread.run_sync(begun.wait)
        await anyio.wait_all_tasks_blocked()
        add("ready", tell, lock, full, other, unused)


async def tell(lock, *_):
    await anyio.wait_all_tasks_blocked()
    tasks = {hex(task.id): task.name for task in anyio.get_running_tasks()}
    owner = getattr(lock.statistics(), "owner", None)
    write({"tasks": tasks, "owner": owner and owner.name})
    await anyio.sleep_forever()


anyio.run(main, backend=sys.argv[2])
