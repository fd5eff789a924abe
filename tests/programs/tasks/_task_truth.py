"""What a program says of its own tasks, for the tests to compare with.

tell() is a coroutine that, called by a task named "teller" of its own, writes asyncio.all_tasks() as JSON to the file
argv[1] once they have come to rest, prints "ready" and then waits for ever.
"""
import asyncio
import json
import os
import sys


def name_of(task):
    return task.get_name() if hasattr(task, "get_name") else None


def start(coroutine, name):
    task = asyncio.get_event_loop().create_task(coroutine)
    if hasattr(task, "set_name"):
        task.set_name(name)
    return task


def stack_of(task):
    return stack_of_coroutine(task._coro if not hasattr(task, "get_coro") else task.get_coro())


def stack_of_coroutine(coroutine):
    """[[function, line], …] of the coroutines themselves, outermost first."""
    frames = []
    while coroutine is not None:
        for kind in ("cr", "gi", "ag"):
            frame = getattr(coroutine, kind + "_frame", None)
            if frame is not None:
                frames.append([frame.f_code.co_name, frame.f_lineno])
                coroutine = getattr(coroutine, kind + "_await" if kind != "gi" else "gi_yieldfrom", None)
                break
        else:
            break
    return frames


def survey(loop=None):
    tasks = asyncio.all_tasks(loop) if hasattr(asyncio, "all_tasks") else asyncio.Task.all_tasks(loop)
    return {hex(id(task)): {"name": name_of(task), "stack": stack_of(task)} for task in tasks if not task.done()}


def write(truth):
    truth["pid"] = os.getpid()
    with open(sys.argv[1] + ".new", "w") as out:
        json.dump(truth, out)
    os.rename(sys.argv[1] + ".new", sys.argv[1])
    sys.stdout.write("ready\n")
    sys.stdout.flush()


async def settle(turns=20):
    """Until everybody who can go on has gone on: nothing that is started here waits for anything but one another."""
    for _ in range(turns):
        await asyncio.sleep(0)


async def tell(edges=(), **more):
    """`edges`: pairs of tasks, of which the first awaits the second."""
    await settle()
    never = asyncio.get_event_loop().create_future()

    def at_rest():
        write(dict(more, tasks=survey(), loop=hex(id(asyncio.get_event_loop())),
                   edges=[[hex(id(one)), hex(id(other))] for one, other in edges]))

    asyncio.get_event_loop().call_soon(at_rest)
    await never
