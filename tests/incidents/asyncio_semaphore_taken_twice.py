"""A coroutine that holds the only slot of an asyncio.Semaphore calls another one that wants a slot as well.

needs: 3.8
likely await-cycle: Deadlock: task crawl ({file}:{line:AGAIN} in fetch) waits for an asyncio.Semaphore that it holds itself
"""
import asyncio


async def fetch(slots, depth):
    async with slots:  # AGAIN
        if depth:
            await fetch(slots, depth - 1)


async def main():
    task = asyncio.ensure_future(fetch(asyncio.Semaphore(1), 1))
    task.set_name("crawl")
    await asyncio.sleep(0)
    asyncio.get_event_loop().call_soon(lambda: print("ready", flush=True))
    await task


asyncio.run(main())
