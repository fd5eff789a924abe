# Nested coroutines under asyncio, the innermost of them blocked in synchronous code.
import asyncio

import _truth


async def innermost():
    await asyncio.sleep(0)
    _truth.block()


async def middle():
    async with asyncio.Lock():
        return await innermost()


async def main():
    await asyncio.gather(middle(), asyncio.sleep(1000))


_truth.watch()
asyncio.new_event_loop().run_until_complete(main())
