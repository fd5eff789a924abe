"""Pairs of tasks that hand something over to one another, while a thread is busy: at no moment do both tasks of a pair wait with
it in their hands. argv[2]: how many pairs; argv[3]: how often a second one of them does it, 0: as fast as can be."""
import asyncio
import hashlib
import random
import sys
import threading

from _task_truth import start, write

PAIRS, RATE = int(sys.argv[2]), float(sys.argv[3])


async def has_it(woken):
    await woken


async def lacks_it(woken):
    await woken


async def member(wakes, own, other, has):
    while True:
        wakes[own] = asyncio.get_event_loop().create_future()
        await (has_it if has else lacks_it)(wakes[own])
        if has:  # the other one goes on after this one has begun to wait
            wakes[other].set_result(None)
        has = not has


async def main():
    pairs = []
    for number in range(PAIRS):
        wakes = [None, None]
        for own in range(2):
            start(member(wakes, own, 1 - own, own == 0), "%d-%d" % (number, own))
        pairs.append([wakes, 0])
    await asyncio.sleep(0)
    write({"pairs": PAIRS})
    while True:
        await asyncio.sleep(1 / RATE if RATE else 0)
        pair = random.choice(pairs)
        wakes, holder = pair
        if not any(wake.done() for wake in wakes):
            wakes[holder].set_result(None)
            pair[1] = 1 - holder


# Busy, and without the GIL.
threading.Thread(target=hashlib.pbkdf2_hmac, args=("sha256", b"", b"", 2**31 - 1), daemon=True).start()
loop = asyncio.new_event_loop()
asyncio.set_event_loop(loop)
loop.run_until_complete(main())
