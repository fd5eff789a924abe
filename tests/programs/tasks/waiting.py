"""Each thing that a task can wait for in the end, one task each, named for the kind that it should be shown as."""
import asyncio
import concurrent.futures
import os
import socket
import sys
import threading

from _task_truth import settle, start, tell


async def sleep():
    await asyncio.sleep(1000)


async def event(one):
    await one.wait()


async def hold(lock):
    async with lock:
        await asyncio.sleep(1000)


async def lock(one):
    async with one:
        pass


async def condition(one):
    async with one:
        await one.wait()


async def queue_get(one):
    await one.get()


async def queue_put(one):
    await one.put(1)


async def queue_join(one):
    await one.join()


async def read_socket(loop, one):
    await loop.sock_recv(one, 10)


async def read_stream(reader):
    await reader.readline()


async def write_stream(writer):
    writer.write(b"x" * 50000000)
    await writer.drain()


async def executor(loop, pool, job):
    await loop.run_in_executor(pool, job)


async def process(child):
    await child.wait()


async def future(one):
    await one


async def generate(one):
    yield 1
    await one
    yield 2


async def generator(one):
    async for _ in generate(one):
        pass


class Awaitable:
    def __init__(self, one):
        self.one = one

    def __await__(self):
        return self.one.__await__()


async def awaitable(one):
    await Awaitable(one)


def block(begun):
    begun.set()
    threading.Event().wait()


async def main():
    loop = asyncio.get_event_loop()
    begun = threading.Event()
    pool = concurrent.futures.ThreadPoolExecutor(1)
    mutex, semaphore, full, unfinished = asyncio.Lock(), asyncio.Semaphore(1), asyncio.Queue(1), asyncio.Queue()
    full.put_nowait(1)
    unfinished.put_nowait(1)
    one, other = socket.socketpair()
    one.setblocking(False)
    kept = [other]
    third, fourth = socket.socketpair()
    kept.append(fourth)
    reader, writer = await asyncio.open_connection(sock=third)
    # It ends with this program.
    reads = ["/bin/cat"] if os.path.exists("/bin/cat") else [sys.executable, "-c", "import sys; sys.stdin.read()"]
    child = await asyncio.create_subprocess_exec(*reads, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.DEVNULL)
    tasks = {}

    def add(name, kind, coroutine):
        tasks[name] = (kind, start(coroutine, name))

    add("holder", "sleep", hold(mutex))
    add("guard", "sleep", hold(semaphore))
    add("sleep", "sleep", sleep())
    await settle(2)
    add("event", "event", event(asyncio.Event()))
    add("lock", "lock", lock(mutex))
    add("semaphore", "semaphore", lock(semaphore))
    add("condition", "condition", condition(asyncio.Condition()))
    add("queue_get", "queue_get", queue_get(asyncio.Queue()))
    add("queue_put", "queue_put", queue_put(full))
    add("queue_join", "queue_join", queue_join(unfinished))
    add("read_socket", "read", read_socket(loop, one))
    add("read_stream", "read", read_stream(reader))
    add("write_stream", "write", write_stream(writer))
    add("executor", "executor", executor(loop, pool, lambda: block(begun)))
    add("executor_queued", "executor", executor(loop, pool, print))
    add("process", "process", process(child))
    add("future", "future", future(loop.create_future()))
    add("generator", "future", generator(loop.create_future()))
    add("awaitable", "future", awaitable(loop.create_future()))
    if sys.version_info >= (3, 11):
        add("barrier", "barrier", event(asyncio.Barrier(2)))
    kept += [child, pool, tasks]
    await settle()
    begun.wait()
    await tell(kinds={hex(id(task)): [name, kind] for name, (kind, task) in tasks.items()}, child=child.pid,
               fds={"read_socket": one.fileno(), "read_stream": third.fileno(), "write_stream": third.fileno()},
               holders={"lock": hex(id(tasks["holder"][1])), "semaphore": hex(id(tasks["guard"][1]))})
    return kept


loop = asyncio.new_event_loop()
asyncio.set_event_loop(loop)
loop.run_until_complete(main())
