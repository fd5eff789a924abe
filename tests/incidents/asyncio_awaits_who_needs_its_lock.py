"""An asyncio task awaits another one within the `async with` block of a lock that this one needs.

needs: 3.8
likely await-cycle: Deadlock: tasks flush ({file}:{line:FLUSH} in flush) and refresh ({file}:{line:REFRESH} in refresh) wait
    for one another
"""
import asyncio


async def flush(lock):
    async with lock:  # FLUSH
        pass


async def refresh(lock):
    async with lock:
        task = asyncio.ensure_future(flush(lock))
        task.set_name("flush")
        await task  # REFRESH


async def main():
    task = asyncio.ensure_future(refresh(asyncio.Lock()))
    task.set_name("refresh")
    await asyncio.sleep(0)
    asyncio.get_event_loop().call_soon(lambda: print("ready", flush=True))
    await task


asyncio.run(main())
