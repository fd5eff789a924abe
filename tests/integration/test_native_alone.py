"""--native-all of a program that has no Python in it."""

import subprocess

import pytest

import native_builds
import native_comparing
import native_tools
from conftest import Program
from interpreters import ONE


@pytest.fixture
def running(tmp_path):
    """The program at rest: both of its threads sleep."""
    executable = native_builds.executable("no_python.c")
    process = subprocess.Popen(
        ["sh", "-c", f"ulimit -c unlimited; exec {executable}"], cwd=tmp_path, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
    program = Program(ONE, process, tmp_path)
    try:
        assert process.stdout.readline() == b"ready\n"
        program.wait_asleep()
        yield program
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_live_and_core(stillframe, running):
    pid = running.pid
    gdb, eu = native_tools.gdb(pid=pid), native_tools.eu_stack(pid=pid)
    running.wait_asleep()
    live = stillframe("dump", "--native-all", "--json", pid)
    dead = stillframe("core", "--native-all", "--json", running.core())
    for outcome in (live, dead):
        assert outcome.code == 0, outcome.err
        still = outcome.still
        assert still["python"] is None and still["interpreters"] == [] and still["warnings"] == []
        native_comparing.check_tools(still, gdb, eu, everything=True)
        main, thread = still["threads"]
        assert main["tid"] == pid
        native_comparing.check_chain(main, ["_start", "main", ".*pthread_(join|clockjoin).*"])
        native_comparing.check_chain(thread, ["start_thread", "work", *["wait_for_ever"] * 4, "(__GI_)?_*(libc_)?pause"])
        for one in still["threads"]:
            assert not one["python"] and one["name"] is None
            assert one["os_name"] == "no_python" or (outcome is dead and one is thread)  # of it a core keeps none
            assert one["waiting_on"]["syscall"] == ("futex" if one is main else "pause")
    assert live.still["consistency"]["method"] == "untouched"


def test_text(stillframe, running):
    outcome = stillframe("dump", "--native-all", running.pid)
    assert outcome.code == 0, outcome.err
    assert "| no Python |" in outcome.out.splitlines()[0]
    assert "wait_for_ever" in outcome.out and "no Python frame" not in outcome.out


@pytest.mark.parametrize("options", [[], ["--native"], ["--native-last"], ["--locals"]], ids=" ".join)
def test_not_asked(stillframe, running, options):
    """Whoever asks for Python is told that there is none, and what shows the rest."""
    outcome = stillframe("dump", *options, running.pid)
    assert outcome.code == 1 and not outcome.out
    assert "none of its" in outcome.err and "--native-all" in outcome.err
