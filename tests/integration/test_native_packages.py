"""Native frames of the packages that people use: a Python function called by each, and OpenBLAS at work."""

import os
import signal
import subprocess
import time

import pytest

import native_builds
import native_comparing
import native_tools
from native_looking import check_all, look, look_at_core, only, why

# Program, its argument -> what must stand between two Python frames, and what must be on the stack in this order.
CALLBACKS = {
    "numpy_callback.py": ([("evaluate", "ufunc|PyUFunc", "element")], ["evaluate", "PyUFunc_.*|.*ufunc.*", "element"]),
    "lxml_callback.py": ([("query", "xmlXPath|__pyx_|.*", "extension")], ["query", "extension"]),
    "pydantic_callback.py": ([("validate", ".*", "check")], ["validate", "check"]),
    "greenlet_callback.py": ([("inner", "sort", "<lambda>")], ["inner", "list_sort", "<lambda>", "block"]),
    "gevent_callback.py": ([("run", ".*", "called")], ["run", "called", "block"]),
    "uvloop_callback.py": ([("<module>", "uv_run|.*", "outer")], ["<module>", "outer", "inner", "block"]),
    "cffi_callback.py": ([("sort", "qsort", "compare")], ["sort", "(__)?qsort(_r)?", "compare", "block"]),
    "callbacks_cython.pyx": ([("call", "repeat", "called")], [
        "call", *(rf"callbacks_cython\.{name}" for name in ("call_through", "repeat", "repeat", "repeat", "generat(e|or)",
                                                           r"Caller\.invoke")), "called"]),
    "callbacks_pybind11.cpp": ([("call", "repeat", "called")], ["call", "repeat", "repeat", "repeat", "called"]),
    "callbacks_nanobind.cpp": ([("call", "repeat", "called")], ["call", "repeat", "repeat", "repeat", "called"]),
}


STARTS = ("_start", "clone3", "__clone3", "clone", "__clone")


def start_with(start, program, *arguments, copy=(), **environment):
    return start(native_builds.packages(), f"native/packages/{program}", *arguments, copy=copy, env=environment)


@pytest.mark.timeout(300)  # the first one builds and installs
@pytest.mark.parametrize("program", CALLBACKS)
def test_callback(start, stillframe, program):
    if program.startswith("callbacks_"):
        module = native_builds.module(program)
        running = start_with(start, "module_callback.py", module.stem, copy=[module])
    else:
        running = start_with(start, program, OPENBLAS_NUM_THREADS="1")
    running.wait_asleep()
    between, chain = CALLBACKS[program]
    greenlets = program in ("greenlet_callback.py", "gevent_callback.py")
    for still in check_all(stillframe, running, greenlets=greenlets):
        main = only(still, "MainThread")
        for triple in between:
            native_comparing.check_between(main, *triple)
        native_comparing.check_chain(main, chain)


def test_cython_lines(start, stillframe):
    """A function of Cython appears as what its author wrote: the name, the .pyx file and the line."""
    module = native_builds.module("callbacks_cython.pyx")
    running = start_with(start, "module_callback.py", module.stem, copy=[module])
    running.wait_asleep()
    source = (native_builds.SOURCES / "callbacks_cython.pyx").read_text().splitlines()
    # A function that Python calls is two functions of C: the outer one stands at the line of its `def`.
    calls = {"repeat": ["return repeat(function, left - 1)", "for _ in generate(function):"],
             "generate": ["yield Caller(function).invoke()"], "invoke": ["return self.function()", "def invoke(self):"],
             "call_through": ["return repeat(function, levels)", "def call_through(function, int levels):"]}
    for still in [look(stillframe, running), look_at_core(stillframe, running, running.core())]:
        frames = [frame for frame in only(still, "MainThread")["frames"] if frame["kind"] == "native"
                  and (frame["file"] or "").endswith("callbacks_cython.pyx")]
        names = {native_comparing.base_name(frame["function"]).split(".")[-1] for frame in frames}
        assert names in (set(calls), {*calls, "generator"} - {"generate"}), names
        for frame in frames:
            name = native_comparing.base_name(frame["function"]).split(".")[-1].replace("generator", "generate")
            assert source[frame["line"] - 1].strip() in calls[name], frame


def test_other_greenlets(start, stillframe):
    """The greenlet that was left in the middle is not mixed into the stack of the one that runs."""
    running = start_with(start, "greenlet_callback.py")
    running.wait_asleep()
    main = only(look(stillframe, running), "MainThread")
    functions = [frame["function"] for frame in main["frames"] if frame["kind"] == "python"]
    assert functions == ["inner", "<lambda>", "block"]


def stopped_in_kernels(start):
    """numpy_product.py, held by SIGSTOP at a moment at which its threads multiply."""
    running = start_with(start, "numpy_product.py", OPENBLAS_NUM_THREADS="2")
    time.sleep(0.5)
    for _ in range(50):
        os.kill(running.pid, signal.SIGSTOP)
        running.wait_stopped()
        stacks = native_tools.gdb(pid=running.pid)
        if any(in_kernel(stack) for stack in stacks.values()):
            return running, stacks
        os.kill(running.pid, signal.SIGCONT)
        time.sleep(0.05)
    raise AssertionError("no thread was ever found in a kernel")


def in_kernel(stack):
    return any("gemm_kernel" in (frame.function or "") for frame in stack.frames[:1])


def test_openblas(start, stillframe):
    """In a kernel written in assembly, the stack goes on to the thread's start, as GDB's does."""
    running, gdb = stopped_in_kernels(start)
    outcome = stillframe("dump", "--native-all", "--json", running.pid)
    assert outcome.code == 0, why(outcome)
    core = running.folder / "kernels"
    subprocess.run(["gcore", "-o", core, str(running.pid)], capture_output=True)
    dead = stillframe("core", "--native-all", "--json", f"{core}.{running.pid}")
    assert dead.code == 0, why(dead)
    for still in (outcome.still, dead.still):
        native_comparing.check_merged(still)
        assert {thread["tid"] for thread in still["threads"]} == set(gdb)
        for thread in still["threads"]:
            stack = gdb[thread["tid"]]
            if stack.frames[-1].function in STARTS:  # in most kernels GDB loses its way
                native_comparing.check_native(thread, stack)
            assert thread["native_end"] is None, thread["native_end"]
            assert thread["frames"][0]["function"] in STARTS
        chain = ["start_thread", "multiply", "cblas_matrixproduct", ".*cblas_dgemm.*"]
        native_comparing.check_chain(only(still, "multiplies"), chain)
        for thread in still["threads"]:
            if not thread["python"]:
                native_comparing.check_chain(thread, ["start_thread", "blas_thread_server"])


def test_openblas_at_work(start, stillframe):
    """The same while it runs: each still is whole."""
    running = start_with(start, "numpy_product.py", OPENBLAS_NUM_THREADS="2")
    time.sleep(0.5)
    kernels = 0
    for _ in range(10):
        outcome = stillframe("dump", "--native-all", "--json", running.pid)
        assert outcome.code == 0, why(outcome)
        native_comparing.check_merged(outcome.still)
        for thread in outcome.still["threads"]:
            assert thread["native_end"] is None, thread["native_end"]
            assert thread["frames"][0]["function"] in STARTS
            kernels += "gemm_kernel" in (thread["frames"][-1]["function"] or "")
    assert kernels
