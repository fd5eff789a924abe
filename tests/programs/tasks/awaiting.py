"""Every way in which a task awaits others: directly, gather, wait, wait_for, shield, as_completed, and each of them
within another."""
import asyncio

from _task_truth import settle, start, tell


async def leaf(never):
    await never


async def inner(never):
    await leaf(never)


async def directly(task):
    await task


async def gathers(*tasks):
    await asyncio.gather(*tasks)


async def gathers_twice(one, other, third):
    await asyncio.gather(asyncio.gather(one, other), third)


async def waits(*tasks):
    await asyncio.wait(tasks)


async def waits_for_one(task):
    await asyncio.wait_for(task, 1000)


async def shields(task):
    await asyncio.shield(task)


async def completes(*tasks):
    for one in asyncio.as_completed(tasks):
        await one


async def main():
    never = asyncio.get_event_loop().create_future()
    edges, everybody = [], []
    for awaiter, count in [(directly, 1), (gathers, 3), (gathers_twice, 3), (waits, 2), (waits_for_one, 1), (shields, 1),
                           (completes, 2)]:
        name = awaiter.__name__
        leaves = [start(inner(never), "%s-%d" % (name, number)) for number in range(count)]
        await settle(1)
        parent = start(awaiter(*leaves), name)
        edges += [(parent, leaf) for leaf in leaves]
        everybody += [parent] + leaves
    chain = start(inner(never), "chain-0")
    for number in range(1, 6):
        outer = start(directly(chain), "chain-%d" % number)
        edges.append((outer, chain))
        everybody.append(outer)
        chain = outer
    await settle()
    await tell(edges)


loop = asyncio.new_event_loop()
asyncio.set_event_loop(loop)
loop.run_until_complete(main())
