"""Two tasks of curio take two curio.Locks in opposite order.

needs: 3.8
until: 3.11
packages: curio
likely await-cycle: Deadlock: tasks credit #{any} ({file}:{line:CREDIT} in credit) and debit #{any} ({file}:{line:DEBIT} in
    debit) wait for one another
"""
import curio


async def credit(accounts):
    async with accounts[0]:
        await curio.sleep(0)
        async with accounts[1]:  # CREDIT
            pass


async def debit(accounts):
    async with accounts[1]:
        await curio.sleep(0)
        async with accounts[0]:  # DEBIT
            pass


async def main():
    accounts = [curio.Lock(), curio.Lock()]
    async with curio.TaskGroup() as group:
        for work in (credit, debit):
            await group.spawn(work, accounts)
        for _ in range(3):
            await curio.sleep(0)
        print("ready", flush=True)


curio.run(main)
