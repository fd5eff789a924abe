"""A thousand tasks that sleep, and two that await each other."""
import asyncio


async def sleep():
    await asyncio.sleep(5000)


async def await_the_other(names, other):
    await asyncio.sleep(0)
    await names[other]


async def main():
    sleepers = [asyncio.ensure_future(sleep()) for _ in range(1000)]
    tasks = {}
    for name, other in (("first", "second"), ("second", "first")):
        tasks[name] = asyncio.ensure_future(await_the_other(tasks, other))
    asyncio.get_running_loop().call_later(0.1, lambda: print("ready", flush=True))
    await asyncio.wait([*sleepers, *tasks.values()])


asyncio.run(main())
