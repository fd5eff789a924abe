"""Tasks of curio that wait for a condition have given back its lock, which another one holds while it sleeps.

needs: 3.8
until: 3.11
packages: curio
"""
import curio


async def consume(changed, other):
    async with other:
        async with changed:
            await changed.wait()


async def produce(changed):
    async with changed:
        await curio.sleep(3000)


async def wants(changed, other):
    async with changed:
        async with other:
            pass


async def main():
    changed, other = curio.Condition(), curio.Semaphore(2)
    async with curio.TaskGroup() as group:
        await group.spawn(consume, changed, other)
        for work in (produce, wants):
            await curio.sleep(0)
            await group.spawn(work, changed, *([other] if work is wants else []))
        for _ in range(3):
            await curio.sleep(0)
        print("ready", flush=True)


curio.run(main)
