# uvloop, Cython over libuv, runs a callback that steps a coroutine.
import uvloop

import _truth


async def inner():
    _truth.block()


async def outer():
    await inner()


_truth.watch()
uvloop.new_event_loop().run_until_complete(outer())
