"""Tasks wait for a lock whose holder sleeps within its `async with` block, for a condition, and for one another."""
import asyncio


async def hold(lock):
    async with lock:
        await asyncio.sleep(1000)


async def want(lock):
    async with lock:
        pass


async def be_notified(condition):
    async with condition:
        await condition.wait()


async def main():
    lock, condition = asyncio.Lock(), asyncio.Condition()
    holder = asyncio.ensure_future(hold(lock))
    tasks = [asyncio.ensure_future(want(lock)) for _ in range(3)]
    tasks += [asyncio.ensure_future(be_notified(condition)) for _ in range(3)]
    tasks.append(asyncio.ensure_future(asyncio.wait_for(holder, 2000)))
    await asyncio.sleep(0)
    asyncio.get_event_loop().call_soon(lambda: print("ready", flush=True))
    await asyncio.gather(*tasks, asyncio.shield(holder))


asyncio.run(main())
