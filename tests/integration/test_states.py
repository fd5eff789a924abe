"""What each thread is doing: the GIL, the garbage collector, start-up and shutdown, signals."""

import os
import signal
import time

import pytest

import comparing
import interpreters


@pytest.mark.parametrize("interpreter", interpreters.VERSIONS)
def test_busy_program(start, stillframe, interpreter):
    """Threads that run are stopped for a moment; who holds the GIL, and who waits for it, is told."""
    running = start(interpreter, "busy.py")
    time.sleep(0.3)  # every thread is on its way by then
    waiting = []
    for _ in range(5):
        outcome = stillframe("dump", "--json", running.pid)
        still = outcome.still
        assert outcome.code == 0, still["warnings"]
        assert still["consistency"]["method"] == "stopped"
        assert still["consistency"]["consistent"]
        assert still["consistency"]["pause_us"] > 0
        assert len(still["threads"]) == 4
        for thread in still["threads"]:
            assert thread["complete"]
            assert [frame["function"] for frame in thread["frames"]][-1] == "spin"
        if interpreter.free_threaded:
            assert all(one["gil"] is None for one in still["interpreters"])
            continue
        holders = [thread for thread in still["threads"] if thread["holds_gil"]]
        assert len(holders) <= 1
        if interpreter.version >= (3, 7):
            assert still["interpreters"][0]["gil"]["held"] == bool(holders)
            waiting.append(sum(thread["waits_for_gil"] for thread in still["threads"]))
    # A thread may be met on its way into the wait or out of it.
    assert interpreter.free_threaded or interpreter.version < (3, 7) or max(waiting) >= 2


@pytest.mark.parametrize("interpreter", [one for one in interpreters.VERSIONS if one.version >= (3, 7)])
def test_garbage_collection(start, stillframe, interpreter):
    running = start(interpreter, "garbage_collection.py")
    running.wait_asleep()
    still = stillframe("dump", "--json", running.pid).still
    assert still["interpreters"][0]["gc_collecting"] is True


@pytest.mark.parametrize("interpreter", [one for one in interpreters.VERSIONS if one.version >= (3, 7)])
def test_finalizing(start, stillframe, interpreter):
    running = start(interpreter, "finalizing.py")
    running.wait_asleep()
    outcome = stillframe("dump", "--json", running.pid)
    assert outcome.code == 0, outcome.still["warnings"]
    assert outcome.still["python"]["state"] == "finalizing"
    assert "shutting down" in stillframe("dump", running.pid).out


@pytest.mark.parametrize("interpreter", [one for one in interpreters.VERSIONS if (3, 8) <= one.version
                                         and one.id not in ("3.9-dbg",)])
def test_second_interpreter(start, stillframe, interpreter):
    running = start(interpreter, "subinterpreters.py")
    running.wait_asleep()
    outcome = stillframe("dump", "--json", running.pid)
    still = outcome.still
    assert outcome.code == 0, still["warnings"]
    assert len(still["interpreters"]) == 2
    second = [thread for thread in still["threads"] if thread["interpreter"] == still["interpreters"][1]["id"]]
    assert any(frame["function"] == "in_second_interpreter" for thread in second for frame in thread["frames"])
    assert " in interpreter " in stillframe("dump", running.pid).out


@pytest.mark.parametrize("interpreter", interpreters.EACH_KIND)
def test_stopped_by_a_signal(start, stillframe, interpreter):
    """A program that SIGSTOP stopped is looked at, and left stopped."""
    running = start(interpreter, "busy.py")
    os.kill(running.pid, signal.SIGSTOP)
    running.wait_stopped()
    still = stillframe("dump", "--json", running.pid).still
    assert still["consistency"]["method"] == "untouched"
    assert {thread["os_state"] for thread in still["threads"]} == {"stopped"}
    assert state_of(running.pid) == "T"
    os.kill(running.pid, signal.SIGCONT)


def state_of(pid):
    with open(f"/proc/{pid}/stat") as file:
        return file.read().rsplit(")", 1)[1].split()[0]


@pytest.mark.parametrize("interpreter", interpreters.EACH_KIND)
def test_sleepers_are_not_interrupted(start, stillframe, interpreter):
    """Not one interrupted system call in a program that sleeps in epoll_wait, which a stop would end with EINTR."""
    if interpreter.free_threaded:
        interpreter = interpreters.BY_ID["3.13"]  # the free-threaded builds have no ctypes
    running = start(interpreter, "epoll_sleeper.py")
    running.wait_asleep()
    methods = []
    for _ in range(20):
        methods.append(stillframe("dump", "--json", running.pid).still["consistency"]["method"])
    time.sleep(1.0)
    assert (running.folder / "truth").read_text() == "0"
    # The sleeper wakes by itself now and then; whoever meets it awake may stop it.
    assert methods.count("untouched") >= 15


@pytest.mark.parametrize("interpreter", interpreters.EACH_KIND)
def test_what_is_missed_is_told(start, stillframe, interpreter):
    """Reading a program whose threads come and go, without stopping it: the main thread is always there, and a stack
    that is not whole is marked."""
    running = start(interpreter, "churning_threads.py")
    for _ in range(40):
        outcome = stillframe("dump", "--json", "--no-block", running.pid)
        if outcome.code == 1:
            assert len(outcome.err.strip().splitlines()) >= 3
            continue
        still = outcome.still
        assert still["consistency"] == {**still["consistency"], "method": "running", "consistent": False, "pause_us": 0}
        assert outcome.code in (0, 3)
        assert any(thread["tid"] == running.pid for thread in still["threads"]) or outcome.code == 3
        incomplete = [thread for thread in still["threads"] if not thread["complete"]]
        assert not incomplete or (outcome.code == 3 and still["warnings"])
    codes = []
    for _ in range(20):
        outcome = stillframe("dump", "--json", running.pid)
        codes.append(outcome.code)
        if outcome.code == 3:  # stopped while a thread was being entered in the interpreter's list
            assert outcome.still["warnings"]
            continue
        assert outcome.code == 0, outcome.err
        assert outcome.still["consistency"]["consistent"]
        assert any(thread["tid"] == running.pid for thread in outcome.still["threads"])
    assert codes.count(0) >= 17


@pytest.mark.parametrize("interpreter", interpreters.EACH_KIND)
def test_deep_recursion(start, stillframe, interpreter):
    depth = 100_000
    if interpreter.version < (3, 11):
        depth = 20_000
    running = start(interpreter, "deep_recursion.py", depth)
    running.wait_asleep()
    outcome = stillframe("dump", "--json", running.pid)
    still = outcome.still
    assert outcome.code == 0, still["warnings"]
    [deep] = [thread for thread in still["threads"] if len(thread["frames"]) > 1000]
    assert sum(frame["function"] == "descend" for frame in deep["frames"]) == depth
    text = stillframe("dump", running.pid).out
    assert len(text.splitlines()) < 80
    assert f"{depth - 2:,} more times" in text
    assert len(stillframe("dump", "--no-fold", running.pid).out.splitlines()) > depth


def test_a_thousand_threads(start, stillframe):
    running = start(interpreters.ONE, "many_threads.py", 1000, 20)
    running.wait_asleep()
    outcome = stillframe("dump", "--json", running.pid)
    assert outcome.code == 0
    assert len(outcome.still["threads"]) == 1000
    assert len({thread["tid"] for thread in outcome.still["threads"]}) == 1000
    text = stillframe("dump", running.pid).out
    assert "998 more threads with the same stack" in text


def test_the_same_as_before_after_a_look(start, stillframe):
    """Looking changes nothing: the same truth before and after."""
    running = start(interpreters.ONE, "blocked_threads.py")
    running.wait_asleep()
    for _ in range(3):
        comparing.check(stillframe("dump", "--json", running.pid).still, running.truth)
