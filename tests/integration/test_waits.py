"""What each thread waits for: each program of tests/programs/waits waits in one way and says itself how to tell it."""

import contextlib
import os
import pathlib
import platform
import re
import signal
import time

import pytest

import interpreters
from interpreters import BY_ID, ONE

FOLDER = interpreters.PROGRAMS / "waits"
VERSIONS = [BY_ID[name] for name in ("2.7", "3.8", "3.12", "3.14t")]
EVERYWHERE = ["accepts_tcp", "accepts_unix", "awaits_any_child", "awaits_child", "awaits_signal", "connects_tcp", "epolls",
              "fcntl_locks", "flocks", "opens_fifo", "polls", "reads_pipe", "reads_terminal", "receives_tcp",
              "receives_udp", "receives_unix", "selects", "sleeps", "writes_pipe"]
ONCE = ["accepts_tcp6", "awaits_pidfd", "reads_fifo"]  # what Python does there has no part in it
KERNEL_FILES = ["eventfd", "timerfd", "inotify", "signalfd"]


def call_names() -> dict[int, str]:
    """The names of this machine's system calls by number."""
    column = 1 if platform.machine() == "x86_64" else 2
    table = (interpreters.TESTS.parent / "src" / "target" / "system_calls.def").read_text()
    rows = [row.split(", ") for row in re.findall(r"^SYSTEM_CALL\((.*)\)$", table, re.MULTILINE)]
    return {int(row[column]): row[0] for row in rows}


def start_waiting(start, interpreter, program, *arguments):
    """The program, once it waits in the system call that it has announced, and its children rest."""
    running = start(interpreter, f"waits/{program}.py", *arguments, copy=[FOLDER / "_wait.py"])
    names = call_names()
    for _ in range(1000):
        words = pathlib.Path(f"/proc/{running.pid}/syscall").read_text().split()
        family = [running.pid, *children_of(running.pid)]
        at_rest = all(state_of(pid) in "SD" for pid in family)
        if words[0].isdigit() and names.get(int(words[0])) in running.truth["calls"] and at_rest:
            return running
        time.sleep(0.01)
    raise AssertionError(f"it does not wait in {running.truth['calls']}, but in {words}")


def children_of(pid):
    return pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


def state_of(pid):
    return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]


def check_text(text, expected):
    pattern = re.escape(expected).replace(r"\#", "[0-9a-z_]+")
    assert re.fullmatch(pattern, text), f"{text!r} is not {expected!r}"


def waiting_of(outcome) -> dict:
    assert outcome.code == 0, outcome.err
    [thread] = outcome.still["threads"]
    assert thread["waiting_on"], thread
    return thread["waiting_on"]


@pytest.mark.parametrize("program", EVERYWHERE)
@pytest.mark.parametrize("interpreter", VERSIONS)
def test_live(start, stillframe, interpreter, program):
    running = start_waiting(start, interpreter, program)
    outcome = stillframe("dump", "--json", running.pid)
    waiting = waiting_of(outcome)
    check_text(waiting["text"], running.truth["live"])
    assert waiting["syscall"] in running.truth["calls"]
    assert outcome.still["consistency"]["method"] == "untouched"


@pytest.mark.parametrize("program", ONCE)
def test_live_once(start, stillframe, program):
    running = start_waiting(start, ONE, program)
    check_text(waiting_of(stillframe("dump", "--json", running.pid))["text"], running.truth["live"])


@pytest.mark.parametrize("kind", KERNEL_FILES)
def test_files_of_the_kernel(start, stillframe, kind):
    running = start_waiting(start, ONE, "reads_kernel_file", kind)
    waiting = waiting_of(stillframe("dump", "--json", running.pid))
    check_text(waiting["text"], running.truth["live"])
    assert waiting["files"][0]["kind"] == kind


@pytest.mark.parametrize("program", EVERYWHERE)
@pytest.mark.parametrize("interpreter", VERSIONS)
def test_core(start, stillframe, interpreter, program):
    """A core of the kernel says what it holds itself, and nothing of this machine."""
    running = start_waiting(start, interpreter, program)
    truth = running.truth
    outcome = stillframe("core", "--json", running.core())
    check_text(waiting_of(outcome)["text"], truth["core"])
    assert all(file["kind"] == "unknown" and file["path"] is None for file in waiting_of(outcome)["files"])


@pytest.mark.parametrize("program", ["epolls", "reads_pipe", "sleeps"])
def test_core_of_gdb(start, stillframe, program):
    running = start_waiting(start, ONE, program)
    check_text(waiting_of(stillframe("core", "--json", running.gcore()))["text"], running.truth["core"])


def test_on_the_screen(start, stillframe):
    running = start_waiting(start, ONE, "reads_pipe")
    assert f": sleeping, {running.truth['live']}\n" in stillframe("dump", running.pid).out
    sleeping = start_waiting(start, ONE, "sleeps")
    assert re.search(r": sleeping, \d+ s left\n", stillframe("dump", sleeping.pid).out)


def test_facts_in_fields(start, stillframe):
    running = start_waiting(start, ONE, "receives_tcp")
    [file] = waiting_of(stillframe("dump", "--json", running.pid))["files"]
    assert (file["kind"], file["state"], file["to_read"]) == ("tcp", "established", True)
    assert f"{file['local']} -> {file['peer']}" in running.truth["live"]
    running = start_waiting(start, ONE, "reads_pipe")
    [file] = waiting_of(stillframe("dump", "--json", running.pid))["files"]
    [writer] = file["processes"]
    assert writer["name"] == "reads_pipe.py" and writer["state"] == "sleeping"
    running = start_waiting(start, ONE, "sleeps")
    assert 0 < waiting_of(stillframe("dump", "--json", running.pid))["seconds_left"] <= 1000


@pytest.mark.parametrize("interpreter", [BY_ID["3.8"], BY_ID["3.12"]])
def test_uninterruptible(start, stillframe, interpreter):
    running = start_waiting(start, interpreter, "uninterruptible")
    children = children_of(running.pid)
    try:
        outcome = stillframe("dump", "--json", running.pid)
        assert outcome.still["threads"][0]["os_state"] == "uninterruptible"
        waiting = waiting_of(outcome)
        check_text(waiting["text"], running.truth["live"])
        assert waiting["wait_channel"] in waiting["text"]
    finally:
        for child in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(child), signal.SIGKILL)


@pytest.mark.parametrize("interpreter", [BY_ID[name] for name in ("3.8", "3.12", "3.14t")])
def test_beside_a_thread_that_runs(start, stillframe, interpreter):
    """After a stop, too, it is told what the threads waited for, and nothing of the one that ran."""
    running = start(interpreter, "waits/waits_while_another_runs.py")
    seen = set()
    for _ in range(20):  # a thread may be met while it takes the GIL for a moment
        outcome = stillframe("dump", "--json", running.pid)
        assert outcome.code == 0, outcome.still["warnings"]
        by_name = {thread["name"]: thread for thread in outcome.still["threads"]}
        assert by_name["MainThread"]["os_state"] != "running" or by_name["MainThread"]["waiting_on"] is None
        for name, pattern in (("reads", r"reads from pipe \d+ \(written by this process\)"),
                              ("locks", r"waits for lock `lock` \((?:likely )?held by \d+ \"MainThread\"\), \d+ s left")):
            waiting = by_name[name]["waiting_on"]
            if waiting and re.fullmatch(pattern, waiting["text"]):
                seen.add(name)
        if seen == {"reads", "locks"}:
            return
    raise AssertionError(f"seen: {seen}; {[thread['waiting_on'] for thread in by_name.values()]}")
