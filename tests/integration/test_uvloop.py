"""asyncio's tasks on uvloop, whose loop is C code: the same tasks, coroutines and edges; its timers and files are not
known, and that is what is said."""

import pytest

import native_builds
from test_tasks import PROGRAMS, by_address, check_tasks, edges_of, tasks_of


RUN = """import runpy, sys, uvloop
uvloop.install()
del sys.argv[0]
sys.path.insert(0, sys.argv[0].rpartition("/")[0])
runpy.run_path(sys.argv[0], run_name="__main__")"""


@pytest.fixture
def look(start):
    def begin(program, *arguments):
        running = start(native_builds.packages(), f"tasks/{program}", *arguments, copy=[PROGRAMS / "_task_truth.py"],
                        command=lambda one, inside: [one.executable, "-W", "ignore", "-c", RUN, f"{inside}/{program}"])
        running.wait_asleep()
        return running
    return begin


def looks(stillframe, running):
    yield tasks_of(stillframe, running.pid)
    yield tasks_of(stillframe, running.core())


def test_awaiting(look, stillframe):
    running = look("awaiting.py")
    truth = running.truth
    for seen in looks(stillframe, running):
        check_tasks(seen, truth)
        assert edges_of(seen) == {tuple(edge) for edge in truth["edges"]}
        [loop] = seen["loops"]
        assert (loop["type"], loop["doing"], loop["tid"], loop["ready"]) == ("uvloop.Loop", "unknown", None, None)


def test_waiting(look, stillframe):
    running = look("waiting.py")
    truth = running.truth
    # What only the loop itself could tell.
    other = {"read_socket": "future", "process": "future"}
    for seen in looks(stillframe, running):
        check_tasks(seen, truth)
        for address, (name, kind) in truth["kinds"].items():
            wait = by_address(seen)[address]["waits_for"]
            assert wait["kind"] == other.get(name, kind), name
            assert wait["file"] is None and wait["seconds_left"] is None


def test_blocked(look, stillframe):
    running = look("blocked.py", "task")
    truth = running.truth
    seen = tasks_of(stillframe, running.pid)
    [loop] = [one for one in seen["loops"] if one["address"] == truth["loop"]]
    assert (loop["doing"], loop["tid"]) == ("runs", running.pid)
    assert loop["callback"][-1]["function"] == "block"
    assert by_address(seen)[loop["running_task"]]["name"] == "blocker"
    assert [finding["id"] for finding in seen["findings"]] == ["loop-blocked"]
