"""Two tasks of trio take two trio.Locks in opposite order.

needs: 3.8
packages: trio
certain await-cycle: Deadlock: tasks credit ({file}:{line:CREDIT} in credit) and debit ({file}:{line:DEBIT} in debit) wait for
    one another
"""
import trio
import trio.testing


async def credit(accounts):
    async with accounts[0]:
        await trio.testing.wait_all_tasks_blocked()
        async with accounts[1]:  # CREDIT
            pass


async def debit(accounts, turn):
    async with accounts[1]:
        await turn.wait()
        async with accounts[0]:  # DEBIT
            pass


async def main():
    accounts, turn = [trio.Lock(), trio.Lock()], trio.Event()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(debit, accounts, turn, name="debit")
        nursery.start_soon(credit, accounts, name="credit")
        await trio.testing.wait_all_tasks_blocked()
        turn.set()
        await trio.testing.wait_all_tasks_blocked()
        print("ready", flush=True)


trio.run(main)
