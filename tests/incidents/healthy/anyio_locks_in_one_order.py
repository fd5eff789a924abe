"""Tasks of AnyIO that take two locks in one order, one of which holds both and waits for its time.

needs: 3.8
packages: anyio
"""
import anyio


async def transfer(accounts):
    async with accounts[0]:
        async with accounts[1]:
            await anyio.sleep(3000)


async def main():
    accounts = [anyio.Lock(), anyio.Lock()]
    async with anyio.create_task_group() as group:
        for _ in range(3):
            group.start_soon(transfer, accounts)
        await anyio.wait_all_tasks_blocked()
        print("ready", flush=True)


anyio.run(main, backend="asyncio")
