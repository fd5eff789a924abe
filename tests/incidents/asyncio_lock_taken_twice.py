"""An asyncio.Lock is taken again by a coroutine that is called within its `async with` block.

needs: 3.8
likely await-cycle: Deadlock: task writer ({file}:{line:AGAIN} in flush) waits for an asyncio.Lock that it holds itself
"""
import asyncio


async def flush(lock):
    async with lock:  # AGAIN
        pass


async def write(lock):
    async with lock:
        await flush(lock)


async def main():
    task = asyncio.ensure_future(write(asyncio.Lock()))
    task.set_name("writer")
    await asyncio.sleep(0)
    asyncio.get_event_loop().call_soon(lambda: print("ready", flush=True))
    await task


asyncio.run(main())
