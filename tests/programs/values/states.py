# Objects of the library that have a state, each in several, in the local `values`. argv[1] gets for each the text that is to
# be shown: repr() where that says it all, else the state as the program itself finds it out. "*" stands for any characters.
import json
import logging.handlers
import multiprocessing
import os
import re
import subprocess
import sys
import threading
import time
import traceback

VERSION = sys.version_info[:2]
KEPT = []
known = []


def add(value, text=None):
    known.append((value, repr(value) if text is None else text))


def title(value):
    kind = type(value)
    return "%s.%s" % (kind.__module__, kind.__qualname__ if VERSION >= (3, 0) else kind.__name__)


def place(value):
    return "<%s object at 0x%x" % (title(value), id(value))


def started(target, daemon=True):
    thread = threading.Thread(target=target)
    thread.daemon = daemon
    thread.start()
    return thread


def wait_until(condition):
    while not condition():
        time.sleep(0.001)


def threads():
    def nothing():
        pass

    done = started(nothing)
    done.join()
    lock = threading.Lock()
    lock.acquire()
    waiting = started(lock.acquire)
    waiting.name = "it's <waiting>"
    for thread in (done, waiting, threading.Thread(target=nothing, name="new")):
        add(thread)
    condition = threading.Condition()

    def wait():
        with condition:
            condition.wait()

    for count in (1, 2):
        started(wait)
        wait_until(lambda: len(getattr(condition, "_waiters", None) or condition.__dict__.get("_Condition__waiters", ())) == count)
    add(condition, "*, 2)>")
    if VERSION < (3, 2):
        return
    for parties, waiters in ((3, 0), (2, 1)):
        barrier = threading.Barrier(parties)
        for _ in range(waiters):
            started(barrier.wait)
        wait_until(lambda: barrier.n_waiting == waiters)
        add(barrier, "<threading.Barrier at 0x%x: waiters=%d/%d>" % (id(barrier), waiters, parties))
    barrier = threading.Barrier(2)
    barrier.abort()
    add(barrier, "<threading.Barrier at 0x%x: broken>" % id(barrier))


def queues():
    if VERSION < (3, 0):
        import Queue as queue
        full = queue.Queue(5)
        full.put(1)
        add(full, "<Queue.Queue instance at 0x%x *maxsize=5*>" % id(full))
        add(full, "*queue=deque([1])*")
        return
    import queue
    for kind in (queue.Queue, queue.LifoQueue, queue.PriorityQueue):
        one = kind(5)
        one.put(3)
        one.put(4)
        one.get()
        add(one, "%s size=1 maxsize=5 unfinished_tasks=2 queue=%r>" % (place(one), one.queue))
        if VERSION >= (3, 13):
            one.shutdown()
            add(one, "%s size=1 maxsize=5 unfinished_tasks=2 shutdown queue=%r>" % (place(one), one.queue))
            known.pop(-2)
    if VERSION >= (3, 7):
        for put, got in ((0, 0), (1, 0), (5, 2), (100, 90), (3, 3)):
            one = queue.SimpleQueue()
            for number in range(put):
                one.put(number)
            for _ in range(got):
                one.get()
            add(one, "%s size=%d>" % (place(one), put - got))


def executors():
    import concurrent.futures
    pool = concurrent.futures.ThreadPoolExecutor(max_workers=2)
    finished, failed, running = pool.submit(int, "5"), pool.submit(int, "x"), pool.submit(threading.Lock().__enter__)
    failed.exception()
    held = threading.Lock()
    held.acquire()
    running.result()
    running = pool.submit(held.acquire)
    wait_until(running.running)
    second = pool.submit(held.acquire)
    wait_until(second.running)
    waiting, cancelled = pool.submit(int), pool.submit(int)
    cancelled.cancel()
    add(finished, repr(finished)[:-1] + " result=5>")
    add(failed, repr(failed)[:-1] + " exception=%r>" % failed.exception())
    for one in (running, waiting, cancelled):
        add(one)
    add(pool, "%s max_workers=2 threads=2 work_queue=<*size=2*>" % place(pool))
    # Its threads would be waited for at exit, which is not how this program ends.
    KEPT.append((pool, held))


def caches():
    import functools

    def plain(x):
        return x

    for size, calls in ((None, 3), (2, 5), (0, 2), (128, 0)):
        cached = functools.lru_cache(maxsize=size)(plain)
        for number in range(calls):
            cached(number)
            cached(0)
        info = cached.cache_info()
        add(cached, "%s hits=%d misses=%d maxsize=%s currsize=%d function=<function *plain at 0x%x*>>" % (
            place(cached), info.hits, info.misses, info.maxsize, info.currsize, id(plain)))


def contexts():
    import contextvars
    variables = [contextvars.ContextVar("v%d" % number, default=number) for number in range(40)]
    for count in (0, 1, 20):
        context = contextvars.Context()
        for variable in variables[:count]:
            context.run(variable.set, None)
        add(context, "*Context object at 0x%x variables=%d>" % (id(context), count))
    token = variables[0].set(5)
    KEPT.append(token)
    context = contextvars.copy_context()
    add(context, "*Context object at 0x%x variables=%d>" % (id(context), len(context)))


def processes():
    done = subprocess.Popen([sys.executable, "-c", "pass"])
    done.wait()
    # It ends when this program does.
    running = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)
    for one in (done, running):
        text = "<Popen: returncode: %r args: %r" % (one.returncode, one.args) if VERSION >= (3, 0) else "<Popen: returncode: %r" % one.returncode
        add(one, "%s pid: %d>" % (text, one.pid))


def loggers():
    folder = os.path.dirname(os.path.abspath(sys.argv[1]))
    levels = {0: "NOTSET", 10: "DEBUG", 15: "Level 15", 20: "INFO", 30: "WARNING", 40: "ERROR", 50: "CRITICAL"}
    root = logging.getLogger()
    root.setLevel(30)
    add(root, "<RootLogger root (WARNING)>")
    for level in sorted(levels):
        logger = logging.getLogger("app.level%d" % level)
        logger.setLevel(level)
        add(logger, "<Logger app.level%d (%s)>" % (level, levels[level] if level else "WARNING"))
        stream = logging.StreamHandler(sys.stderr)
        plain = logging.Handler()
        null = logging.NullHandler()
        to_file = logging.FileHandler(os.path.join(folder, "%d.log" % level), delay=True)
        rotating = logging.handlers.RotatingFileHandler(os.path.join(folder, "%d.rotating" % level), delay=True)
        for handler in (stream, plain, null, to_file, rotating):
            handler.setLevel(level)
        add(stream, "<StreamHandler (%s) stream=<*>>" % levels[level])
        add(plain, "<Handler (%s)>" % levels[level])
        add(null, "<NullHandler (%s)>" % levels[level])
        add(to_file, "<FileHandler %s (%s)>" % (to_file.baseFilename, levels[level]))
        add(rotating, "<RotatingFileHandler %s (%s)>" % (rotating.baseFilename, levels[level]))


def enums():
    import enum
    import signal
    import socket
    for one in (re.IGNORECASE, re.IGNORECASE | re.MULTILINE, re.A | re.S | re.X, re.compile("x", re.I).flags, socket.AF_INET,
                socket.SOCK_STREAM, signal.SIGINT, re.IGNORECASE | 1 << 20, ~re.IGNORECASE, re.RegexFlag(0)):
        add(one)
    if VERSION >= (3, 11):
        color = enum.StrEnum("Color", "RED GREEN")
        import calendar
        import http
        try:
            import ssl
            of_ssl = [ssl.PROTOCOL_TLS_CLIENT, ssl.OP_NO_TLSv1 | ssl.OP_NO_TICKET]
        except ImportError:  # a build without OpenSSL
            of_ssl = []
        for one in [color.RED, color.GREEN, color, http.HTTPStatus.OK, calendar.MONDAY, enum.CONFORM, enum.KEEP] + of_ssl:
            add(one)
        module = sys.modules["app.colors"] = type(sys)("app.colors")
        scope = module.__dict__
        scope["enum"] = enum
        exec("@enum.global_enum\nclass Shade(enum.IntFlag):\n    DARK = 1\n    LIGHT = 2\n    BOTH = 3\n"
             "@enum.global_enum\nclass Count(enum.Enum):\n    ONE = 1\n", scope)
        for one in (scope["DARK"], scope["BOTH"], scope["Shade"](0), scope["DARK"] | scope["LIGHT"], scope["ONE"], scope["Shade"]):
            add(one)


def several_processes():
    if not os.access("/dev/shm", os.W_OK):
        return  # bare roots have none, and so no semaphores
    context = multiprocessing.get_context("fork") if VERSION >= (3, 4) else multiprocessing
    free, held, counted = context.Lock(), context.Lock(), context.Semaphore(3)
    held.acquire()
    counted.acquire()
    for one, value, most, count in ((free, 1, 1, 0), (held, 0, 1, 1), (counted, 2, 2 ** 31 - 1, 1)):
        inner = one._semlock
        add(inner, "%s value=%d maxvalue=%d count=%d>" % (place(inner), value, most, count))
    fresh = context.Process(target=int, name="it's new")
    add(fresh, "<%s name=%r parent=%d>" % (type(fresh).__name__, fresh.name, os.getpid()))
    done = context.Process(target=int)
    done.start()
    done.join()
    add(done, "<%s name=%r pid=%d parent=%d stopped exitcode=0>" % (type(done).__name__, done.name, done.pid, os.getpid()))


def loops():
    import asyncio
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)

    def spin():
        for _ in range(5):
            loop.run_until_complete(asyncio.sleep(0))

    scope = {"asyncio": asyncio, "loop": loop, "add": add, "VERSION": VERSION, "spin": spin, "title": title, "KEPT": KEPT}
    exec("""
async def build():
    # Locks of old versions take the running loop.
    return asyncio.Lock(), asyncio.Lock(), asyncio.Event(), asyncio.Event(), asyncio.Condition(), asyncio.Semaphore(2), \\
        asyncio.BoundedSemaphore(1), asyncio.Queue(2), asyncio.PriorityQueue(), asyncio.LifoQueue(3), asyncio.Queue()


free, held, unset, is_set, condition, semaphore, bounded, full, ordered, lifo, empty = loop.run_until_complete(build())


async def sleeper():
    await asyncio.sleep(1000)


async def fails():
    raise ValueError("it's wrong")


async def gives():
    return [1, "x"]


async def waits():
    async with condition:
        await condition.wait()


loop.run_until_complete(held.acquire())
loop.run_until_complete(bounded.acquire())
loop.run_until_complete(semaphore.acquire())
is_set.set()
full.put_nowait(1)
full.put_nowait("two")
ordered.put_nowait(3)
lifo.put_nowait(4)
waiting = [loop.create_task(one) for one in (held.acquire(), held.acquire(), unset.wait(), waits(), full.put(3), empty.get(),
                                             empty.get(), bounded.acquire())]
tasks = [loop.create_task(one) for one in (sleeper(), fails(), gives(), sleeper())]
spin()
tasks[3].cancel()
spin()
tasks[1].exception()
if VERSION >= (3, 11):
    group = asyncio.TaskGroup()

    async def grouped():
        async with group:
            group.create_task(sleeper())
            group.create_task(sleeper())

    add(asyncio.TaskGroup())
    waiting.append(loop.create_task(grouped()))
    spin()
    add(group)
tasks.append(loop.create_task(sleeper()))
tasks[4].cancel()  # and the loop does not run again
for one in (free, held, unset, is_set, condition, semaphore, bounded):
    add(one)
for one in (full, ordered, lifo, empty):
    # The size too, and what the items are kept in.
    text = repr(one).replace(" _queue=[1, 'two']", " _queue=deque([1, 'two'])")
    start = " maxsize=%d" % one.maxsize
    add(one, text.replace(start, "%s size=%d" % (start, one.qsize())))
states = ["pending", "finished", "finished", "cancelled", "cancelling"]
ends = [" wait_for=<Future pending>>", " exception=%r>" % tasks[1].exception(), " result=[1, 'x']>", ">", ">"]
for task, state, end in zip(tasks, states, ends):
    name = " name=%r" % task.get_name() if VERSION >= (3, 8) else ""
    coroutine = "<coroutine object *, %s*>" % ({"pending": "suspended", "cancelling": "not started"}.get(state, "finished"))
    add(task, "<Task %s%s coro=%s%s" % (state, name, coroutine, end))
    assert repr(task).startswith("<Task " + state), repr(task)
if VERSION >= (3, 8):
    named = loop.create_task(sleeper(), name="it's named")
    add(named, "<Task pending name=%r coro=<coroutine object sleeper *, not started*>>" % "it's named")
add(loop, "<_UnixSelectorEventLoop running=False closed=False debug=False ready=*scheduled=*>")
KEPT.append((waiting, tasks))
""", scope)


def stand():
    values = [value for value, _ in known]
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while values:
        time.sleep(1000)


def main():
    makers = [threads, queues, loggers, processes, several_processes]
    if VERSION >= (3, 0):
        makers += [executors, caches, enums, loops]
    if VERSION >= (3, 7):
        makers.append(contexts)
    try:
        for make in makers:
            make()
    except BaseException:
        traceback.print_exc()
        os._exit(1)  # the threads of executors would be waited for
    with open(sys.argv[1], "w") as out:
        json.dump({"values": [text for _, text in known]}, out)
    stand()


main()
