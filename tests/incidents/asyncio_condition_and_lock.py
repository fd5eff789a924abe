"""One asyncio task takes a lock within a condition, the other one the condition within the lock.

needs: 3.8
likely await-cycle: Deadlock: tasks consumer ({file}:{line:CONSUMER} in consume) and producer
    ({file}:{line:PRODUCER} in produce) wait for one another
"""
import asyncio


async def consume(changed, lock):
    async with changed:
        await asyncio.sleep(0)
        async with lock:  # CONSUMER
            pass


async def produce(changed, lock):
    async with lock:
        await asyncio.sleep(0)
        async with changed:  # PRODUCER
            changed.notify_all()


async def main():
    changed, lock = asyncio.Condition(), asyncio.Lock()
    tasks = [asyncio.ensure_future(consume(changed, lock)), asyncio.ensure_future(produce(changed, lock))]
    for task, name in zip(tasks, ("consumer", "producer")):
        task.set_name(name)
    for _ in range(3):
        await asyncio.sleep(0)
    asyncio.get_event_loop().call_soon(lambda: print("ready", flush=True))
    await asyncio.gather(*tasks)


asyncio.run(main())
