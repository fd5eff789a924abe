"""Native frames above a C library without unwind rules: musl, as distributions have it, stripped.

No tool can be asked: GDB and eu-stack lose such a stack in its first function. What must be there is known of each program.
"""

import signal

import pytest

import native_builds
import native_comparing
from interpreters import BY_ID
from native_looking import OUTER, check_all, look, look_at_core, only, start_native, wait_for_handler

MUSL = BY_ID["3.13-musl"]


def of_program(thread):
    """(function, whether it was guessed) of each native frame that is not of the C library, outermost first, without inlined ones."""
    return [(frame["function"], frame["guessed"]) for frame in thread["frames"]
            if frame["kind"] == "native" and not frame["inlined"] and "libc.so" not in frame["library"]]


def innermost(thread):
    """What stands inside of the last Python frame: functions of the C library that it does not export have no name."""
    frames = thread["frames"]
    last = max(at for at, frame in enumerate(frames) if frame["kind"] == "python")
    return [frame["function"] or "?" for frame in frames[last + 1:] if not frame["inlined"]]


def live_and_core(stillframe, running, sent=signal.SIGSEGV):
    stills = [look(stillframe, running)]
    stills.append(look_at_core(stillframe, running, running.core(sent)))
    for still in stills:
        native_comparing.check_merged(still)
        native_comparing.check_whole(still)
        native_comparing.check_truth(still, running.truth)
    # The same stack, by registers that a stop gave and by those of the core.
    shown = [[(frame["address"], frame["function"], frame["guessed"]) for frame in only(still, "MainThread")["frames"]
              if frame["kind"] == "native"] for still in stills]
    assert shown[0] == shown[1]
    return stills


BLOCKED = {
    "sleep": ["time_sleep", "clock_nanosleep", "?", "?"],
    "read": ["os_read", "_Py_read", "read", "?", "?"],
    "lock": ["_PySemaphore_Wait", "sem_timedwait", "?", "?", "?"],
    "timed lock": ["_PySemaphore_Wait", "sem_timedwait", "?", "?", "?"],
    "select": ["select_select_impl", "select", "?", "?"],
    "poll": ["select_poll_poll", "poll", "?", "?"],
    "epoll": ["select_epoll_poll", "epoll_pwait", "?", "?"],
    "accept": ["sock_accept_impl", "accept4", "?", "?"],
    "wait for a child": ["os_waitpid", "waitpid", "?", "?"],
}


def test_blocked(start, stillframe):
    """Threads in calls of the C library of every kind: from its function to Python's, to where musl begins a thread."""
    running = start_native(start, MUSL, "blocked_in_c_library.py")
    for still in live_and_core(stillframe, running):
        for name, expected in BLOCKED.items():
            thread = only(still, name)
            assert innermost(thread)[-len(expected):] == expected, native_comparing.show(thread["frames"])
            native_comparing.check_chain(thread, ["pythread_wrapper", "thread_run", "run", "block"])
            # Beside the C library's functions only what called them: from there on rules lead on.
            inner = of_program(thread)
            assert [guessed for _, guessed in inner] == [False] * (len(inner) - 1) + [True], inner
        native_comparing.check_chain(only(still, "MainThread"), ["_start", "Py_BytesMain", "_PyEval_EvalFrameDefault", "<module>"])


@pytest.mark.parametrize(("function", "expected"), [
    ("stacks_block", ["block", "stacks_block", *OUTER, "stacks_wait", "pause"]),
    ("wait_on_condition", ["wait_on_condition", "pthread_cond_timedwait"]),
    ("wait_on_mutex", ["wait_on_mutex", "pthread_mutex_timedlock"]),
])
def test_extension_blocks(start, stillframe, function, expected):
    module = native_builds.stacks_module(MUSL)
    running = start_native(start, MUSL, "in_stacks_module.py", function, copy=[module])
    for still in live_and_core(stillframe, running):
        native_comparing.check_chain(only(still, "MainThread"), ["_start", "call", "stacks_module_call", *expected])


@pytest.mark.parametrize("own_stack", [0, 1])
@pytest.mark.parametrize(("function", "number"), [
    ("stacks_fault", signal.SIGSEGV), ("stacks_interrupted", signal.SIGALRM), ("stacks_call_nothing", signal.SIGSEGV)])
def test_signal_handler(start, stillframe, function, number, own_stack):
    """Nothing describes the code that a handler returns to: it is known by its instructions, and no guess."""
    module = native_builds.stacks_module(MUSL)
    running = start_native(start, MUSL, "in_stacks_module.py", function, own_stack, copy=[module])
    wait_for_handler(running, number)
    under = {"stacks_fault": ["stacks_write_to"], "stacks_interrupted": ["stacks_wait", "pause"], "stacks_call_nothing": []}[function]
    for still in live_and_core(stillframe, running, signal.SIGABRT):
        main = only(still, "MainThread")
        native_comparing.check_chain(main, [
            "_start", "call", "stacks_module_call", function, *under, "stacks_handler", "stacks_in_handler", "stacks_wait", "pause"])
        [handler] = [at for at, frame in enumerate(main["frames"]) if frame["function"] == "stacks_handler"]
        trampoline, interrupted = main["frames"][handler - 1], main["frames"][handler - 2]
        assert trampoline["library"].endswith("libc.so") and not trampoline["guessed"] and not interrupted["guessed"]


def test_python_signal_handler(start, stillframe):
    running = start_native(start, MUSL, "python_signal_handler.py")
    for still in check_all(stillframe, running):
        native_comparing.check_chain(only(still, "MainThread"), ["send", "_PyErr_CheckSignalsTstate", "handler", "block", "time_sleep"])


def test_thread_ids(start, stillframe):
    """Threads are told apart by the tids that musl keeps in struct pthread as well as by the interpreter's."""
    running = start_native(start, MUSL, "thread_start.py")
    for still in check_all(stillframe, running):
        assert len({thread["tid"] for thread in still["threads"]}) == len(still["threads"]) and not still["warnings"]
