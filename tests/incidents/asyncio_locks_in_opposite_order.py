"""Two asyncio tasks take two asyncio.Locks in opposite order.

needs: 3.8
likely await-cycle: Deadlock: tasks credit ({file}:{line:CREDIT} in credit) and debit ({file}:{line:DEBIT} in debit) wait for
    one another
"""
import asyncio


async def credit(accounts, turn):
    async with accounts[0]:
        turn.set_result(None)
        await asyncio.sleep(0)
        async with accounts[1]:  # CREDIT
            pass


async def debit(accounts, turn):
    async with accounts[1]:
        await turn
        async with accounts[0]:  # DEBIT
            pass


async def main():
    accounts = [asyncio.Lock(), asyncio.Lock()]
    turn = asyncio.get_event_loop().create_future()
    tasks = [asyncio.ensure_future(debit(accounts, turn)), asyncio.ensure_future(credit(accounts, turn))]
    for task, name in zip(tasks, ("debit", "credit")):
        task.set_name(name)
    await asyncio.sleep(0)
    asyncio.get_event_loop().call_soon(lambda: print("ready", flush=True))
    await asyncio.gather(*tasks)


asyncio.run(main())
