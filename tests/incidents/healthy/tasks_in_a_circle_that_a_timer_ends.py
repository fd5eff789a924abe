"""Two tasks that wait for one another until a timer cancels one of them."""
import asyncio


async def await_other(tasks, name):
    await asyncio.sleep(0)
    await tasks[name]


async def main():
    tasks = {}
    tasks["a"] = asyncio.ensure_future(await_other(tasks, "b"))
    tasks["b"] = asyncio.ensure_future(await_other(tasks, "a"))
    loop = asyncio.get_event_loop()
    loop.call_later(3000, tasks["a"].cancel)
    loop.call_later(0.05, lambda: print("ready", flush=True))
    await asyncio.wait(list(tasks.values()))


asyncio.run(main())
