"""A callback sleeps and holds up an event loop of a thousand tasks, whose timers are due.

needs: 3.8
core: no
certain loop-blocked: The event loop of thread {tid} "MainThread" is held up by task server at
    {file}:{line:SLEEPS} in handle_request
"""
import asyncio
import time


async def poll():
    while True:
        await asyncio.sleep(0.01)


def handle_request():
    print("ready", flush=True)
    time.sleep(3000)  # SLEEPS


async def serve():
    polls = [asyncio.ensure_future(poll()) for _ in range(1000)]
    await asyncio.sleep(0)
    handle_request()
    await asyncio.wait(polls)


async def main():
    task = asyncio.ensure_future(serve())
    task.set_name("server")
    await task


asyncio.run(main())
