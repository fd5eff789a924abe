"""Tasks of trio: nurseries within one another, and each thing that a task can wait for in the end, one task each, named
for the kind that it should be shown as."""
import os
import socket
import subprocess
import sys
import threading

import trio
import trio.testing

from _trio_truth import tell

begun = threading.Event()
tasks = {}


async def hold(lock):
    async with lock:
        await trio.sleep_forever()


async def takes(lock):
    async with lock:
        pass


async def condition(one):
    async with one:
        await one.wait()


async def with_timeout(event):
    with trio.move_on_after(500):
        with trio.move_on_after(1000):
            await event.wait()


async def in_thread():
    await trio.to_thread.run_sync(block)


def block():
    begun.set()
    threading.Event().wait()


async def trap():
    await trio.lowlevel.wait_task_rescheduled(lambda _: trio.lowlevel.Abort.FAILED)


async def child():
    # It ends with this program.
    reads = ["/bin/cat"] if os.path.exists("/bin/cat") else [sys.executable, "-c", "import sys; sys.stdin.read()"]
    tasks["child"] = await trio.lowlevel.open_process(reads, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    await tasks["child"].wait()


async def note(name, task_function, *arguments):
    tasks[name] = trio.lowlevel.current_task()
    await task_function(*arguments)


async def awaits_children(never):
    async with trio.open_nursery() as nursery:
        nursery.start_soon(note, "leaf-0", never.wait, name="leaf-0")
        nursery.start_soon(note, "leaf-1", never.wait, name="leaf-1")


async def has_children(never):
    async with trio.open_nursery() as nursery:
        nursery.start_soon(note, "grandchild", awaits_children, never, name="grandchild")
        await trio.sleep_forever()


async def main():
    never, mutex = trio.Event(), trio.Lock()
    limiter = trio.CapacityLimiter(1)
    send, receive = trio.open_memory_channel(1)
    one, other = socket.socketpair()
    full, unread = socket.socketpair()
    full.setblocking(False)
    while True:
        try:
            full.send(b"x" * 4096)
        except BlockingIOError:
            break
    readable, kept = trio.socket.from_stdlib_socket(one), [other, unread]
    send.send_nowait(1)
    unused, empty = trio.open_memory_channel(1)
    kinds = {}
    async with trio.open_nursery() as nursery:
        def add(name, kind, *call):
            kinds[name] = kind
            nursery.start_soon(note, name, *call, name=name)

        add("holder", "sleep", hold, mutex)
        add("borrower", "sleep", hold, limiter)
        add("sleep", "sleep", trio.sleep, 1000)
        await trio.testing.wait_all_tasks_blocked()
        add("lock", "lock", takes, mutex)
        add("limiter", "semaphore", takes, limiter)
        add("semaphore", "semaphore", takes, trio.Semaphore(0))
        add("event", "event", never.wait)
        add("timeout", "event", with_timeout, never)
        add("condition", "condition", condition, trio.Condition())
        add("queue_get", "queue_get", empty.receive)
        add("queue_put", "queue_put", send.send, 2)
        add("read", "read", readable.recv, 10)
        add("write", "write", trio.lowlevel.wait_writable, full)
        add("thread", "executor", in_thread)
        add("process", "process", child)
        add("parked", "other", trio.lowlevel.ParkingLot().park)
        add("trap", "unknown", trap)
        add("awaits", "tasks", awaits_children, never)
        add("has", "sleep", has_children, never)
        await trio.to_thread.run_sync(begun.wait)
        while "child" not in tasks:  # it is started in a thread
            await trio.sleep(0.01)
        await trio.testing.wait_all_tasks_blocked()
        kept += [receive, unused]

        def more():
            where = {name: hex(id(task)) for name, task in tasks.items() if name != "child"}
            return {"kinds": {where[name]: [name, kind] for name, kind in kinds.items()}, "names": where,
                    "child": tasks["child"].pid, "fds": {"read": one.fileno(), "write": full.fileno()}}

        await tell(more)


trio.run(main)
