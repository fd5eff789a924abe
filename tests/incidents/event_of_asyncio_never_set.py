"""A task waits for an event, and the task that should have set it has ended.

core: no
dump: no
certain standstill: Nobody is left to wake anybody: task {any} ({file}:{line:WAITS} in main) waits for the event {any}
"""
import asyncio


async def main():
    done = asyncio.Event()

    async def worker():
        if len(asyncio.all_tasks()) > 99:
            done.set()

    await asyncio.ensure_future(worker())
    print("ready", flush=True)
    await done.wait()  # WAITS


asyncio.run(main())
