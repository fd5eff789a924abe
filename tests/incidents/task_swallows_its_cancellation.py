"""asyncio.run() has come to its end and cancels what is left; a task goes on all the same.

dump: no
note exit-blocked: asyncio.run() is over and waits for task {any} ({file}:{line:SLEEPS} in poller), which was cancelled and goes on
"""
import asyncio


async def poller():
    while True:
        try:
            await asyncio.sleep(3600)  # SLEEPS
        except asyncio.CancelledError:
            print("ready", flush=True)


async def main():
    asyncio.ensure_future(poller())
    await asyncio.sleep(0)


asyncio.run(main())
