"""Programs whose files are not what they were at the start, and interpreters that are only just starting."""

import pathlib
import shutil
import subprocess
import time

import pytest

import comparing
import interpreters

STATIC = interpreters.BY_ID["3.11-debian"]
SHARED = interpreters.BY_ID["3.12-stripped"]


def own_copy(folder):
    """A copy of an interpreter that the test may damage: a static one, and one with its libpython."""
    shutil.copy(STATIC.executable, folder / "python")
    prefix = pathlib.Path(SHARED.executable).parent.parent
    shutil.copytree(prefix, folder / "prefix", symlinks=True)


def start_static(start):
    return start(STATIC, "blocked_threads.py", before=own_copy, env={"PYTHONHOME": "/usr"},
                 command=lambda _, inside: [f"{inside}/python", f"{inside}/blocked_threads.py"])


def start_shared(start):
    return start(SHARED, "blocked_threads.py", before=own_copy,
                 command=lambda _, inside: [f"{inside}/prefix/bin/python", f"{inside}/blocked_threads.py"])


def delete(path):
    path.unlink()


def replace(path):
    """As an update does it: another file under the same name."""
    path.unlink()
    shutil.copy("/usr/bin/true", path)


@pytest.mark.parametrize("change", [delete, replace])
def test_executable_is_gone(start, stillframe, change):
    running = start_static(start)
    running.wait_asleep()
    change(running.folder / "python")
    outcome = stillframe("dump", "--json", running.pid)
    assert outcome.code == 0, outcome.err + str(outcome.still["warnings"])
    comparing.check(outcome.still, running.truth)


@pytest.mark.parametrize("change", [delete, replace])
def test_libpython_is_gone(start, stillframe, change):
    running = start_shared(start)
    running.wait_asleep()
    [library] = (running.folder / "prefix" / "lib").glob("libpython*")
    change(library)
    outcome = stillframe("dump", "--json", running.pid)
    assert outcome.code == 0, outcome.err + str(outcome.still["warnings"])
    comparing.check(outcome.still, running.truth)


@pytest.mark.parametrize("begin", [start_static, start_shared])
def test_core_of_a_program_that_was_replaced(start, stillframe, begin):
    """Another file under the name of the executable or library is not taken for it: the build-ids differ."""
    running = begin(start)
    running.wait_asleep()
    truth = running.truth
    core = running.core()
    for path in [running.folder / "python", *(running.folder / "prefix" / "lib").glob("libpython*")]:
        replace(path)
    outcome = stillframe("core", "--json", core)
    if outcome.code == 0:
        comparing.check(outcome.still, truth)
    else:
        assert outcome.code in (1, 3)
        assert "build" in outcome.err + outcome.out


@pytest.mark.parametrize("interpreter", [one for one in interpreters.EACH_KIND if one.version >= (3, 8)])
def test_just_starting(start, stillframe, interpreter):
    """The interpreter has not even found its encodings yet."""
    def block_the_start(folder):
        (folder / "encodings").mkdir()
        (folder / "encodings" / "__init__.py").write_text(
            "import posix, time\n\n\ndef too_early():\n    posix.write(1, b'ready\\n')\n    time.sleep(1000)\n\n\ntoo_early()\n")

    running = start(interpreter, "blocked_threads.py", before=block_the_start,
                    env={"PYTHONPATH": "."})
    running.wait_asleep()
    outcome = stillframe("dump", "--json", running.pid)
    still = outcome.still
    assert outcome.code in (0, 3)
    assert still["python"]["state"] == "initializing"
    [thread] = still["threads"]
    assert [frame["function"] for frame in thread["frames"]][-2:] == ["<module>", "too_early"]


@pytest.mark.parametrize("moment", range(0, 40, 4))
def test_at_any_moment_of_the_start(stillframe, moment):
    """Whatever state the start is in, there is an answer."""
    child = subprocess.Popen([interpreters.ONE.executable, "-c", "import asyncio, json; input()"],
                             stdin=subprocess.PIPE)
    try:
        time.sleep(moment / 1000)
        outcome = stillframe("dump", "--json", child.pid)
        assert outcome.code in (0, 1, 3)
        if outcome.code == 1:
            assert len(outcome.err.strip().splitlines()) >= 3
        else:
            assert outcome.code == 0 or outcome.still["warnings"]
    finally:
        child.kill()
        child.wait()
        child.stdin.close()


def test_at_any_moment_of_the_end(stillframe):
    for _ in range(10):
        child = subprocess.Popen([interpreters.ONE.executable, "-c", "import asyncio, json"])
        seen = set()
        while child.poll() is None:
            outcome = stillframe("dump", "--json", child.pid)
            seen.add(outcome.code)
            if outcome.code == 1:
                assert len(outcome.err.strip().splitlines()) >= 3
            else:
                assert outcome.code == 0 or outcome.still["warnings"]
        assert seen <= {0, 1, 3}
