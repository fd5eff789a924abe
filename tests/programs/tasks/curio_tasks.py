"""Tasks of curio: each thing that a task can wait for in the end, one task each, named for the kind that it should be shown
as."""
import os
import socket
import sys
import threading

from _curio_truth import tell

import curio
import curio.queue
import curio.sched
import curio.socket
import curio.subprocess
import curio.sync
import curio.thread
import curio.traps
import curio.workers

tasks = {}
release = threading.Event()


async def hold(lock):
    async with lock:
        await curio.sleep(3000)


async def takes(lock):
    async with lock:
        pass


async def condition(one):
    async with one:
        await one.wait()


async def with_timeout(event):
    async with curio.timeout_after(500):
        async with curio.timeout_after(1000):
            await event.wait()


async def in_thread():
    await curio.run_in_thread(release.wait)


async def receives(one):
    await one.recv(10)


async def writes(one):
    await curio.traps._write_wait(one)


async def pumps(one):
    await curio.traps._read_wait(one.fileno())


async def gets(queue):
    await queue.get()


async def puts(queue, item):
    await queue.put(item)


async def joins(one):
    await one.join()


async def waits(event):
    await event.wait()


async def suspends(queue):
    await queue.suspend("MY_REASON")


async def future(one):
    await curio.traps._future_wait(one)


async def child():
    # It ends with this program.
    reads = ["/bin/cat"] if os.path.exists("/bin/cat") else [sys.executable, "-c", "import sys; sys.stdin.read()"]
    tasks["child"] = curio.subprocess.Popen(reads, stdin=curio.subprocess.PIPE, stdout=curio.subprocess.DEVNULL)
    await tasks["child"].wait()


async def group(event):
    async with curio.TaskGroup() as one:
        tasks["member-0"] = await one.spawn(waits, event)
        tasks["member-1"] = await one.spawn(waits, event)


def blocks():
    release.wait()


async def main():
    never, mutex, reentrant = curio.Event(), curio.Lock(), curio.RLock()
    full, unread = socket.socketpair()
    full.setblocking(False)
    while True:
        try:
            full.send(b"x" * 4096)
        except BlockingIOError:
            break
    one, other = curio.socket.socketpair()
    number, kept = socket.socketpair()
    changed, items = curio.Condition(), curio.Queue(1)
    await items.put(1)
    kinds, states = {}, {}

    async def add(name, kind, state, call, *arguments):
        tasks[name] = await curio.spawn(call, *arguments)
        kinds[hex(id(tasks[name]))], states[tasks[name].id] = [name, kind], state
        await curio.sleep(0)

    await add("holder", "sleep", "TIME_SLEEP", hold, mutex)
    await add("owner", "sleep", "TIME_SLEEP", hold, reentrant)
    await add("condition", "condition", "COND_WAIT", condition, changed)
    await add("condition_holder", "sleep", "TIME_SLEEP", hold, changed)
    await add("sleep", "sleep", "TIME_SLEEP", curio.sleep, 1000)
    await add("lock", "lock", "LOCK_ACQUIRE", takes, mutex)
    await add("condition_lock", "lock", "LOCK_ACQUIRE", takes, changed)
    await add("rlock", "lock", "LOCK_ACQUIRE", takes, reentrant)
    await add("semaphore", "semaphore", "SEMA_ACQUIRE", takes, curio.Semaphore(0))
    await add("event", "event", "EVENT_WAIT", waits, never)
    await add("timeout", "event", "EVENT_WAIT", with_timeout, never)
    await add("universal_event", "event", "FUTURE_WAIT", waits, curio.UniversalEvent())
    await add("queue_get", "queue_get", "QUEUE_GET", gets, curio.Queue())
    await add("universal_get", "queue_get", "FUTURE_WAIT", gets, curio.UniversalQueue())
    await add("queue_put", "queue_put", "QUEUE_PUT", puts, items, 2)
    await add("queue_join", "queue_join", "QUEUE_JOIN", joins, items)
    await add("read", "read", "READ_WAIT", receives, one)
    await add("write", "write", "WRITE_WAIT", writes, full)
    await add("number", "read", "READ_WAIT", pumps, number)
    await add("thread", "executor", "FUTURE_WAIT", in_thread)
    await add("process", "process", "FUTURE_WAIT", child)
    await add("other", "other", "MY_REASON", suspends, curio.sched.SchedFIFO())
    await add("future", "future", "FUTURE_WAIT", future, __import__("concurrent.futures").futures.Future())
    await add("group", "tasks", "SEMA_ACQUIRE", group, never)
    await add("joins", "tasks", "TASK_JOIN", joins, tasks["sleep"])
    thread = await curio.thread.spawn_thread(blocks)
    tasks["async_thread"] = thread._task
    await add("thread_join", "tasks", "FUTURE_WAIT", joins, thread)
    states.update({tasks[name].id: "EVENT_WAIT" for name in ("member-0", "member-1")})
    # Keeps its number: what ends leaves the table.
    await (await curio.spawn(curio.sleep, 0)).join()
    await tell({"kinds": kinds, "names": {name: hex(id(task)) for name, task in tasks.items() if name != "child"},
                "child": tasks["child"].pid,
                "fds": {"read": one.fileno(), "write": full.fileno(), "number": number.fileno()}}, states)
    await never.wait()
    del other, kept, unread


curio.run(main)
