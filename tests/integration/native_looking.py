"""Looking at native frames: a program of tests/programs/native at rest, its still, live and of its core, checked from all sides."""

import pathlib
import re
import signal
import time

import interpreters
import native_comparing
import native_tools

ONE = interpreters.ONE
# What stacks_outer of stacks.c calls, itself included.
OUTER = ["stacks_outer", "stacks_middle", "stacks_middle", "stacks_middle", "stacks_inner"]
# Interpreters that keep no symbols of their own static functions: nothing but exported names is there.
NAMELESS = [one for one in interpreters.ALL if one.variant and not one.id.endswith("-embedded")]


def start_native(start, interpreter, program, *arguments, copy=()):
    running = start(interpreter, f"native/{program}", *arguments, copy=copy)
    running.wait_asleep()
    return running


def wait_for_handler(running, number):
    """Until the handler runs, while which its signal is held back, and waits (stacks_interrupted waits a second for it)."""
    for _ in range(6000):
        status = pathlib.Path(f"/proc/{running.pid}/status").read_text()
        if int(re.search(r"^SigBlk:\s*(\w+)", status, re.MULTILINE)[1], 16) >> (number - 1) & 1:
            running.wait_asleep()
            return
        time.sleep(0.01)
    raise AssertionError("no handler runs after a minute")


def has_symbols(interpreter):
    """Whether the names of CPython's static functions are in the build, or in debug files of this machine."""
    return interpreter.root is None and interpreter not in NAMELESS and interpreter.id != "3.11-debian"


def why(outcome):
    """What a still that is not whole says of it."""
    return [outcome.err, *outcome.still["warnings"], *(
        f"{thread['name']}: {thread[reason]}" for thread in outcome.still["threads"]
        for reason in ("incomplete_reason", "native_end", "merge_conflict") if thread[reason])]


def look(stillframe, running, *options):
    """The live still, checked as far as every live still of a program at rest must hold."""
    outcome = stillframe("dump", "--native", "--json", *options, running.pid)
    assert outcome.code == 0, why(outcome)
    assert outcome.still["consistency"]["method"] in ("untouched", "stopped")
    assert outcome.still["consistency"]["consistent"]
    return outcome.still


def look_at_core(stillframe, running, core, *options):
    outcome = stillframe("core", "--native", "--json", core, *interpreters.root_of(running.interpreter), *options)
    assert outcome.code == 0, why(outcome)
    return outcome.still


def check_all(stillframe, running, between=(), names=True, core=signal.SIGSEGV, without=(), greenlets=False):
    """Live and core against the program, GDB and eu-stack. Returns both stills. `core` is the signal that makes the core."""
    interpreter, truth, pid = running.interpreter, running.truth, running.pid

    def outside(path):
        return path and str(interpreter.outside(path))

    live = look(stillframe, running)
    gdb = None if interpreter.musl else native_tools.gdb_of(running)
    eu = None if interpreter.musl else native_tools.eu_stack(pid=running.pid)
    stills = []

    def check(still):
        stills.append(still)
        native_comparing.check_truth(still, truth)
        native_comparing.check_merged(still, names, greenlets)
        if interpreter.musl:
            native_comparing.check_whole(still)
        else:
            native_comparing.check_tools(still, gdb, eu, library_of=outside, without=without, pid=pid,
                                         greenlets=greenlets)
        if has_symbols(interpreter):
            for thread in still["threads"]:
                for triple in between:
                    if any(frame["function"] == triple[2] for frame in thread["frames"] if frame["kind"] == "python"):
                        native_comparing.check_between(thread, *triple)
            native_comparing.check_chain(only(still, "MainThread"), [] if greenlets else ["_start", ".*main.*"])

    check(live)
    if core:
        check(look_at_core(stillframe, running, running.core(core)))
    return stills


def only(still, name):
    [thread] = [thread for thread in still["threads"] if thread["name"] == name]
    return thread
