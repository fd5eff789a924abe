"""A loop with nothing to do until a signal comes, as a daemon waits for the end."""
import asyncio
import signal


async def main():
    over = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, over.set)
    print("ready", flush=True)
    await over.wait()


asyncio.run(main())
