"""More asyncio tasks than a semaphore has slots: each that has one sleeps, and one waits for the others within its block.

needs: 3.8
"""
import asyncio


async def fetch(slots):
    async with slots:
        await asyncio.sleep(1000)


async def collect(slots, tasks):
    async with slots:
        await asyncio.wait(tasks)


async def main():
    slots = asyncio.Semaphore(3)
    tasks = [asyncio.ensure_future(fetch(slots)) for _ in range(2)]
    await asyncio.sleep(0)
    tasks.append(asyncio.ensure_future(collect(slots, tasks[:])))
    await asyncio.sleep(0)
    tasks += [asyncio.ensure_future(fetch(slots)) for _ in range(3)]
    await asyncio.sleep(0)
    asyncio.get_event_loop().call_soon(lambda: print("ready", flush=True))
    await asyncio.gather(*tasks)


asyncio.run(main())
