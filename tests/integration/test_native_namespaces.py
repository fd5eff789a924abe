"""Native frames of a process in other pid and mount namespaces (a container), looked at from outside and from inside."""

import json
import os
import pathlib
import subprocess

import pytest

import interpreters
import native_builds
import native_comparing
import native_tools
from conftest import STILLFRAME
from test_namespaces import outer_tids
from native_looking import OUTER, only, why

NAMESPACES = ["unshare", "--pid", "--fork", "--kill-child", "--mount", "--mount-proc"]
INTERPRETERS = [interpreters.BY_ID[name] for name in ("3.8", "3.11", "3.13")]


def start_contained(start, interpreter, hidden=None):
    """through_library.py below those namespaces; with `hidden` its files lie in a tmpfs that only it sees."""
    library = native_builds.library("stacks.c")

    def command(one, inside):
        if hidden is None:
            return [*NAMESPACES, one.executable, f"{inside}/through_library.py"]
        script = (f"mount -t tmpfs none {hidden} && cp {inside}/*.py {inside}/*.so {hidden} && rm {inside}/*.so && "
                  f'exec {one.executable} {hidden}/through_library.py "$@"')
        return [*NAMESPACES, "sh", "-c", script, "sh"]

    running = start(interpreter, "native/through_library.py", library.name, "stacks_outer", copy=[library], command=command)
    running.wait_asleep()
    return running


def check(still, running, tids=None):
    truth = running.truth
    for thread in truth["threads"]:
        if thread["native_id"] is not None and tids:
            thread["native_id"] = tids[thread["native_id"]]
    native_comparing.check_truth(still, truth)
    native_comparing.check_merged(still)
    native_comparing.check_chain(only(still, "MainThread"), [
        "_start", "<module>", "through", "ffi_call", *OUTER, "<lambda>", "through", "block"])
    assert all(thread["native_end"] is None for thread in still["threads"])


@pytest.mark.parametrize("interpreter", INTERPRETERS)
def test_from_outside(start, stillframe, interpreter):
    running = start_contained(start, interpreter)
    tids = outer_tids(running.pid)
    outcome = stillframe("dump", "--native", "--json", running.pid)
    assert outcome.code == 0, why(outcome)
    check(outcome.still, running, tids)
    if interpreter.root is None:
        native_comparing.check_tools(outcome.still, native_tools.gdb(pid=running.pid))


def test_files_of_its_own(start, stillframe):
    """The library exists only where the process sees it: names and lines come through /proc/PID/root."""
    hidden = pathlib.Path("/tmp/stillframe-hidden-native")
    hidden.mkdir(exist_ok=True)
    running = start_contained(start, interpreters.ONE, hidden)
    assert not list(hidden.iterdir())
    outcome = stillframe("dump", "--native", "--json", running.pid)
    assert outcome.code == 0, why(outcome)
    check(outcome.still, running, outer_tids(running.pid))
    mine = [frame for frame in only(outcome.still, "MainThread")["frames"] if frame["function"] in OUTER]
    assert all(frame["line"] for frame in mine)
    assert {frame["library"] for frame in mine} == {f"{hidden}/libstacks.so"}


def test_from_inside(start):
    running = start_contained(start, interpreters.ONE)
    run = subprocess.run(["nsenter", "--target", str(running.pid), "--pid", "--mount", os.path.abspath(STILLFRAME), "dump",
                          "--native", "--json", "1"], capture_output=True, text=True, timeout=60)
    assert run.returncode == 0, run.stderr
    check(json.loads(run.stdout), running)
