"""On asyncio, who has the only token of an anyio.CapacityLimiter waits for a lock whose holder waits for a token.

needs: 3.8
packages: anyio
likely await-cycle: Deadlock: tasks reader ({file}:{line:READER} in read) and writer ({file}:{line:WRITER} in write) wait for
    one another
"""
import anyio


async def read(connections, lock):
    async with connections:
        await anyio.wait_all_tasks_blocked()
        async with lock:  # READER
            pass


async def write(connections, lock, turn):
    async with lock:
        await turn.wait()
        async with connections:  # WRITER
            pass


async def main():
    connections, lock, turn = anyio.CapacityLimiter(1), anyio.Lock(), anyio.Event()
    async with anyio.create_task_group() as group:
        group.start_soon(write, connections, lock, turn, name="writer")
        group.start_soon(read, connections, lock, name="reader")
        await anyio.wait_all_tasks_blocked()
        turn.set()
        await anyio.wait_all_tasks_blocked()
        print("ready", flush=True)


anyio.run(main, backend="asyncio")
