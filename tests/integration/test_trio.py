"""Tasks of trio, live and as a core, against what the program says of them itself: its nurseries, each task's coroutines,
and what it was made to wait for. And AnyIO's task groups, on trio and on asyncio."""

import pytest

import interpreters
import task_packages
from interpreters import BY_ID, root_of
from test_tasks import by_address, edges_of, tasks_of

CASES = [BY_ID[name] for name in ("3.7", "3.8", "3.10", "3.11", "3.12", "3.13", "3.14", "3.14t", "3.15")]


@pytest.fixture
def look(start):
    return task_packages.starter(start, "_trio_truth.py")


def check_tree(seen: dict, truth: dict) -> None:
    shown = by_address(seen)
    assert [text for text in seen["warnings"] if not text.startswith("the debug information of")] == []
    assert set(shown) == set(truth["tasks"])
    for address, told in truth["tasks"].items():
        task = shown[address]
        assert (task["name"], task["parent"], task["loop"]) == (told["name"], told["parent"], truth["loop"])
        assert task["complete"]
        stack = [[frame["function"], frame["line"]] for frame in task["frames"]]
        assert stack == told["stack"], task
    names = truth["names"]
    # Who stands at the end of a nursery's block awaits its tasks; who is still within it does not.
    edges = {(names[one], names[other]) for one, other in [("awaits", "leaf-0"), ("awaits", "leaf-1"),
                                                          ("grandchild", "leaf-0"), ("grandchild", "leaf-1")]
             if shown[names[other]]["parent"] == names[one]}
    root = next(address for address, told in truth["tasks"].items() if told["parent"] is None)
    assert {edge for edge in edges_of(seen) if edge[0] != root} >= edges
    assert not [edge for edge in edges_of(seen) if edge[0] == names["has"]]


def check_waits(seen: dict, truth: dict, age: float | None) -> None:
    shown, names = by_address(seen), truth["names"]
    waits = task_packages.checked_waits(shown, truth, age)
    assert (waits["lock"]["holders"], waits["lock"]["holders_proven"]) == ([names["holder"]], True)
    assert (waits["limiter"]["holders"], waits["limiter"]["holders_proven"]) == ([names["borrower"]], True)
    assert waits["holder"]["seconds_left"] is None
    assert [waits[name]["items"] for name in ("queue_get", "queue_put")] == [0, 1]
    assert waits["thread"]["job_begun"] and waits["thread"]["tid"] not in (None, truth["pid"])


@pytest.mark.parametrize("interpreter", CASES)
def test_trio(look, stillframe, interpreter):
    running = look(interpreter, "trio_tasks.py")
    running.wait_asleep()
    truth = running.truth
    for arguments, live in [([running.pid], True), (None, False)]:
        seen = tasks_of(stillframe, *(arguments or [running.core(), *root_of(interpreter)]))
        check_tree(seen, truth)
        check_waits(seen, truth, running.age if live else None)
        [loop] = seen["loops"]
        assert (loop["kind"], loop["tid"], loop["doing"], loop["ready"]) == ("trio", truth["pid"], "waits", 0)
        assert (500 - running.age <= loop["next_timer"] <= 500) if live else loop["next_timer"] is None


@pytest.mark.parametrize("interpreter", interpreters.EACH_KIND)
def test_blocked(look, stillframe, interpreter):
    running = look(interpreter, "trio_blocked.py")
    running.wait_asleep()
    seen = tasks_of(stillframe, running.pid)
    [loop] = seen["loops"]
    assert (loop["doing"], loop["tid"], loop["callback"][-1]["function"]) == ("runs", running.pid, "block")
    assert loop["ready"] == 3
    states = {task["name"]: task["state"] for task in seen["tasks"]}
    assert {states[f"ready-{number}"] for number in range(3)} == {"ready"}
    blocker = by_address(seen)[loop["running_task"]]
    assert (blocker["name"], blocker["state"]) == ("blocker", "running")
    assert [frame["function"] for frame in blocker["frames"]] == ["blocks", "block"]
    [finding] = seen["findings"]
    assert finding["id"] == "loop-blocked" and "blocker" in finding["title"]


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
@pytest.mark.parametrize("interpreter", interpreters.EACH_KIND)
def test_anyio(look, stillframe, interpreter, backend):
    running = look(interpreter, "anyio_tasks.py", backend)
    running.wait_asleep()
    seen = tasks_of(stillframe, running.pid)
    names = {task["name"]: task["address"] for task in seen["tasks"]}
    [loop] = seen["loops"]
    assert loop["kind"] == backend
    assert {(names["inner"], names["leaf-0"]), (names["inner"], names["leaf-1"])} <= edges_of(seen)
    by_name = {task["name"]: task for task in seen["tasks"]}
    assert by_name["leaf-0"]["waits_for"]["kind"] == "event"
    main = next(task for task in seen["tasks"] if names["inner"] in task["awaits"])
    assert {names["holder"], names["waiter"], names["ready"]} < set(main["awaits"])
    if backend == "trio":
        assert by_name["waiter"]["waits_for"]["holders"] == [names["holder"]]


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
@pytest.mark.parametrize("interpreter", [BY_ID["3.7"], *interpreters.EACH_KIND])
def test_anyio_waits(look, stillframe, interpreter, backend):
    running = look(interpreter, "anyio_waits.py", backend)
    running.wait_asleep()
    truth = running.truth
    for arguments in [[running.pid], None]:
        seen = tasks_of(stillframe, *(arguments or [running.core(), *root_of(interpreter)]))
        assert set(truth["tasks"]) <= set(by_address(seen))
        shown = by_address(seen)
        waits = {name: shown[address]["waits_for"] for address, name in truth["tasks"].items()}
        kinds = ["lock", "semaphore", "condition", "event", "queue_get", "queue_put"]
        assert {name: waits[name]["kind"] for name in kinds} == {name: name for name in kinds}
        others = ["limiter", "condition_lock", "thread"]
        assert [waits[name]["kind"] for name in others] == ["semaphore", "lock", "executor"]
        assert truth["owner"] == "holder"
        holders = {name: ([truth["tasks"][holder] for holder in wait["holders"]], wait["holders_proven"])
                   for name, wait in waits.items() if wait and wait["holders"]}
        assert holders == {"lock": (["holder"], True), "limiter": (["borrower"], True),
                           "condition_lock": (["condition_holder"], True)}
        assert [waits[name]["items"] for name in ("queue_get", "queue_put")] == [0, 1]
        assert waits["thread"]["tid"] not in (None, truth["pid"])
