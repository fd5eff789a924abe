"""What a program says of its own tasks of curio: the table of its kernel, as curio.monitor prints it, and each task's
coroutines. tell() starts a thread that writes it once the kernel waits for files and timers."""
import multiprocessing.connection
import ssl
import sys
import threading
import time

# The last release (1.6) does not import on Python 3.12 and later, for names that it does not use here; the rest of it runs.
for name in ("CHALLENGE", "WELCOME", "FAILURE"):
    if not hasattr(multiprocessing.connection, name):
        setattr(multiprocessing.connection, name, None)
if not hasattr(ssl, "wrap_socket"):
    ssl.wrap_socket = None

import curio.traps

from _task_truth import stack_of_coroutine, write

TRAPS = ("_kernel_trap", "_read_wait", "_write_wait", "_future_wait", "_sleep", "_scheduler_wait")


def survey(kernel):
    told = {}
    for number, task in kernel._tasks.items():
        stack = [one for one in stack_of_coroutine(task.coro) if one[0] not in TRAPS]
        parent = kernel._tasks.get(task.parentid)
        told[hex(id(task))] = {"name": task.name, "number": number, "state": task.state, "stack": stack,
                               "parent": parent and hex(id(parent))}
    return told


async def tell(more, expected):
    """`expected`: the states of tasks by their number; it is written once all are in them."""
    kernel, main = await curio.traps._get_kernel(), threading.current_thread().ident

    def at_rest():
        select = sys._current_frames()[main].f_code.co_name == "select"
        return select and all(kernel._tasks[number].state == state for number, state in expected.items())

    def witness():
        equal = 0
        while equal < 3:
            equal = equal + 1 if at_rest() else 0
            time.sleep(0.02)
        write(dict(more, tasks=survey(kernel), kernel=hex(id(kernel))))
        threading.Event().wait()

    threading.Thread(target=witness, daemon=True).start()
