"""Two tasks that wait for one another, for whose end somebody else waits for a limited time, and then cancels them."""
import asyncio


async def await_other(tasks, name):
    await asyncio.sleep(0)
    await tasks[name]


async def main():
    tasks = {}
    tasks["a"] = asyncio.ensure_future(await_other(tasks, "b"))
    tasks["b"] = asyncio.ensure_future(await_other(tasks, "a"))
    asyncio.get_event_loop().call_later(0.05, lambda: print("ready", flush=True))
    await asyncio.wait_for(tasks["a"], 3000)


asyncio.run(main())
