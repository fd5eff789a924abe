"""Tasks of curio, live and as a core, against the table of its kernel: each task's number, state and coroutines, and what it
was made to wait for."""

import pytest

import interpreters
import task_packages
from interpreters import BY_ID, root_of
from test_tasks import by_address, edges_of, tasks_of

CASES = [BY_ID[name] for name in ("3.7", "3.8", "3.10", "3.11", "3.12", "3.13", "3.14", "3.14t", "3.15")]


@pytest.fixture
def look(start):
    return task_packages.starter(start, "_curio_truth.py")


def check_table(seen: dict, truth: dict) -> None:
    shown = by_address(seen)
    assert [text for text in seen["warnings"] if not text.startswith("the debug information of")] == []
    assert set(shown) == set(truth["tasks"])
    for address, told in truth["tasks"].items():
        task = shown[address]
        assert (task["name"], task["number"], task["own_state"], task["loop"]) == (
            told["name"], told["number"], told["state"], truth["kernel"])
        assert (task["state"], task["parent"], task["complete"]) == ("waiting", told["parent"], True)
        assert [[frame["function"], frame["line"]] for frame in task["frames"]] == told["stack"]
    names = truth["names"]
    assert edges_of(seen) == {(names[one], names[other]) for one, other in [
        ("group", "member-0"), ("group", "member-1"), ("joins", "sleep"), ("thread_join", "async_thread")]}


def check_waits(seen: dict, truth: dict, age: float | None) -> None:
    shown, names = by_address(seen), truth["names"]
    waits = task_packages.checked_waits(shown, truth, age)
    holders = {name: (wait["holders"], wait["holders_proven"]) for name, wait in waits.items() if wait["holders"]}
    assert holders == {"lock": ([names["holder"]], False), "rlock": ([names["owner"]], True),
                       "condition_lock": ([names["condition_holder"]], False)}
    assert [waits[name]["items"] for name in ("queue_get", "universal_get", "queue_put", "queue_join")] == [0, 0, 1, 1]
    assert waits["other"]["type"] == "curio.sched.SchedFIFO"
    threads = {name: wait["tid"] for name, wait in waits.items() if wait["kind"] == "executor"}
    threads["async_thread"] = shown[names["async_thread"]]["waits_for"]["tid"]
    assert set(threads) == {"thread", "async_thread"} and len(set(threads.values()) - {None, truth["pid"]}) == 2


@pytest.mark.parametrize("interpreter", CASES)
def test_curio(look, stillframe, interpreter):
    running = look(interpreter, "curio_tasks.py")
    running.wait_asleep()
    truth = running.truth
    for arguments, live in [([running.pid], True), (None, False)]:
        seen = tasks_of(stillframe, *(arguments or [running.core(), *root_of(interpreter)]))
        check_table(seen, truth)
        check_waits(seen, truth, running.age if live else None)
        [loop] = seen["loops"]
        assert (loop["kind"], loop["tid"], loop["doing"], loop["ready"]) == ("curio", truth["pid"], "waits", 0)
        assert (500 - running.age <= loop["next_timer"] <= 500) if live else loop["next_timer"] is None


@pytest.mark.parametrize("interpreter", interpreters.EACH_KIND)
def test_blocked(look, stillframe, interpreter):
    running = look(interpreter, "curio_blocked.py")
    running.wait_asleep()
    seen = tasks_of(stillframe, running.pid)
    [loop] = seen["loops"]
    assert (loop["doing"], loop["tid"], loop["callback"][-1]["function"]) == ("runs", running.pid, "block")
    assert loop["ready"] == 4
    tasks = by_address(seen)
    assert [task["state"] for task in tasks.values() if task["name"] == "waits"] == ["ready"] * 3
    assert [task["name"] for task in tasks.values() if task["state"] == "not_started"] == ["begins"]
    blocker = tasks[loop["running_task"]]
    assert (blocker["name"], blocker["state"], blocker["own_state"]) == ("blocks", "running", "RUNNING")
    assert [frame["function"] for frame in blocker["frames"]] == ["blocks", "block"]
    [finding] = seen["findings"]
    assert finding["id"] == "loop-blocked" and "blocks" in finding["title"] and "curio.run_in_thread()" in finding["advice"][0]
