# asyncio: the C task steps a coroutine, which awaits one that blocks.
import asyncio

import _truth


async def inner():
    _truth.block()


async def outer():
    await inner()


_truth.watch()
asyncio.new_event_loop().run_until_complete(outer())
