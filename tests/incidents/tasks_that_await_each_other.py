"""Two asyncio tasks await each other's result.

needs: 3.8
certain await-cycle: Deadlock: tasks orders ({file}:{line:ORDERS} in orders) and stock ({file}:{line:STOCK} in stock) wait for
    one another
"""
import asyncio

tasks = {}


async def orders():
    return await tasks["stock"]  # ORDERS


async def stock():
    return await tasks["orders"]  # STOCK


async def main():
    for coroutine in (orders, stock):
        tasks[coroutine.__name__] = asyncio.ensure_future(coroutine())
        tasks[coroutine.__name__].set_name(coroutine.__name__)
    await asyncio.sleep(0)
    asyncio.get_event_loop().call_soon(lambda: print("ready", flush=True))
    await asyncio.wait(list(tasks.values()))


asyncio.run(main())
