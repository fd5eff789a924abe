"""Tasks of trio wait for a lock whose holder sleeps, for one another, for a channel and for a slot.

needs: 3.8
packages: trio
"""
import trio
import trio.testing


async def hold(lock):
    async with lock:
        await trio.sleep(1000)


async def family(event):
    async with trio.open_nursery() as nursery:
        nursery.start_soon(event.wait)
        nursery.start_soon(event.wait)


async def main():
    lock, slots = trio.Lock(), trio.CapacityLimiter(1)
    send, receive = trio.open_memory_channel(0)
    async with trio.open_nursery() as nursery:
        for one in (lock, slots):
            for _ in range(3):
                nursery.start_soon(hold, one)
        nursery.start_soon(family, trio.Event())
        nursery.start_soon(receive.receive)
        await trio.testing.wait_all_tasks_blocked()
        print("ready", flush=True)
    return send


trio.run(main)
