"""Two tasks that wait for one another, and a third one that cancels them after a while."""
import asyncio


async def await_other(tasks, name):
    await asyncio.sleep(0)
    await tasks[name]


async def end_later(task):
    await asyncio.sleep(3000)
    task.cancel()


async def main():
    tasks = {}
    tasks["a"] = asyncio.ensure_future(await_other(tasks, "b"))
    tasks["b"] = asyncio.ensure_future(await_other(tasks, "a"))
    asyncio.ensure_future(end_later(tasks["a"]))
    asyncio.get_event_loop().call_later(0.05, lambda: print("ready", flush=True))
    await asyncio.wait(list(tasks.values()))


asyncio.run(main())
