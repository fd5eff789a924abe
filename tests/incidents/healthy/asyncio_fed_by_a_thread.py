"""A task waits for an item that a thread puts in once its standard input has one."""
import asyncio
import sys
import threading


async def main():
    loop = asyncio.get_running_loop()
    items = asyncio.Queue()

    def read():
        for line in sys.stdin:
            loop.call_soon_threadsafe(items.put_nowait, line)

    threading.Thread(target=read, daemon=True).start()
    print("ready", flush=True)
    await items.get()


asyncio.run(main())
