"""Two tasks take two anyio.Locks in opposite order, on asyncio.

needs: 3.8
packages: anyio
certain await-cycle: Deadlock: tasks credit ({file}:{line:CREDIT} in credit) and debit ({file}:{line:DEBIT} in debit) wait for
    one another
"""
import anyio


async def credit(accounts):
    async with accounts[0]:
        await anyio.wait_all_tasks_blocked()
        async with accounts[1]:  # CREDIT
            pass


async def debit(accounts, turn):
    async with accounts[1]:
        await turn.wait()
        async with accounts[0]:  # DEBIT
            pass


async def main():
    accounts, turn = [anyio.Lock(), anyio.Lock()], anyio.Event()
    async with anyio.create_task_group() as group:
        group.start_soon(debit, accounts, turn, name="debit")
        group.start_soon(credit, accounts, name="credit")
        await anyio.wait_all_tasks_blocked()
        turn.set()
        await anyio.wait_all_tasks_blocked()
        print("ready", flush=True)


anyio.run(main, backend="asyncio")
