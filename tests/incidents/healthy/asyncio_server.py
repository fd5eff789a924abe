"""An event loop waits for clients, with a task that sleeps and one that waits for a queue."""
import asyncio


async def serve():
    await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
    queue = asyncio.Queue()
    tasks = [asyncio.ensure_future(asyncio.sleep(1000)), asyncio.ensure_future(queue.get())]
    await asyncio.sleep(0)
    print("ready", flush=True)
    await asyncio.wait(tasks)


asyncio.run(serve())
