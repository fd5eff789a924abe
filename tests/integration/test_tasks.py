"""asyncio's tasks, live and as a core, against what the program says of them itself: asyncio.all_tasks(), each one's
coroutines, and who awaits whom."""

import json
import os
import re
import subprocess

import jsonschema
import pytest

import interpreters
from conftest import REPOSITORY

SCHEMA = jsonschema.Draft202012Validator(json.loads((REPOSITORY / "docs" / "tasks.schema.json").read_text()))
# asyncio.all_tasks() is of 3.7; a program that is linked statically has no extension modules.
CASES = [one for one in interpreters.ALL if one.version >= (3, 7) and not one.id.endswith("-nameless")]
PROGRAMS = interpreters.PROGRAMS / "tasks"


def test_the_schema_names_every_scheduler():
    entries = (REPOSITORY / "src" / "model" / "schedulers.def").read_text()
    kinds = SCHEMA.schema["$defs"]["loop"]["properties"]["kind"]["enum"]
    assert kinds == re.findall(r"^SF_SCHEDULER\((\w+)", entries, re.MULTILINE)


@pytest.fixture
def look(start):
    def begin(interpreter, program, *arguments, **options):
        return start(interpreter, f"tasks/{program}", *arguments, copy=[PROGRAMS / "_task_truth.py"], **options)
    return begin


def tasks_of(stillframe, *arguments, code=0) -> dict:
    outcome = stillframe("tasks", "--json", *arguments)
    assert outcome.code == code, outcome.out[:2000] + outcome.err
    seen = json.loads(outcome.out)
    SCHEMA.validate(seen)
    return seen


def by_address(seen: dict) -> dict:
    return {task["address"]: task for task in seen["tasks"]}


def check_tasks(seen: dict, truth: dict) -> None:
    """The same tasks, each with the same name and the same coroutines."""
    shown = by_address(seen)
    assert [text for text in seen["warnings"] if not text.startswith("the debug information of")] == []
    assert set(shown) == set(truth["tasks"])
    for address, told in truth["tasks"].items():
        task = shown[address]
        assert task["name"] == told["name"]
        assert task["loop"] == truth["loop"]
        assert task["complete"]
        # A plain coroutine's stack is the task's; an awaitable of a class is no coroutine, and the program sees no further.
        stack = [[frame["function"], frame["line"]] for frame in task["frames"]]
        assert stack[:len(told["stack"])] == told["stack"], task


def edges_of(seen: dict) -> set:
    edges = {(task["address"], awaited) for task in seen["tasks"] for awaited in task["awaits"]}
    assert edges == {(awaiter, task["address"]) for task in seen["tasks"] for awaiter in task["awaited_by"]}
    return edges


@pytest.mark.parametrize("interpreter", CASES)
def test_awaiting(look, stillframe, interpreter):
    running = look(interpreter, "awaiting.py")
    running.wait_asleep()
    truth = running.truth
    live = tasks_of(stillframe, running.pid)
    assert live["consistency"]["method"] == "untouched"
    for seen in [live, tasks_of(stillframe, running.core(), *interpreters.root_of(interpreter))]:
        check_tasks(seen, truth)
        assert edges_of(seen) == {tuple(edge) for edge in truth["edges"]}
        [loop] = seen["loops"]
        assert (loop["tid"], loop["doing"], loop["closed"]) == (truth["pid"], "waits", False)
        for task in seen["tasks"]:
            assert task["waits_for"]["kind"] == ("tasks" if task["awaits"] else "future"), task


def check_waits(seen: dict, truth: dict, age: float | None) -> None:
    """`age`: of the program, whose sleep is as old at the most; None of a core."""
    live = age is not None
    shown = by_address(seen)
    waits = {}
    for address, (name, kind) in truth["kinds"].items():
        waits[name] = shown[address]["waits_for"]
        assert waits[name]["kind"] == kind, shown[address]
    for name in ("lock", "semaphore"):
        assert waits[name]["holders"] == [truth["holders"][name]]
    for name, fd in truth["fds"].items():
        assert waits[name]["file"]["fd"] == fd
        assert waits[name]["file"]["kind"] == ("unix" if live else "unknown")
    assert waits["sleep"]["delay"] == 1000
    assert (1000 - age <= waits["sleep"]["seconds_left"] <= 1000) if live else waits["sleep"]["seconds_left"] is None
    assert [waits[name]["items"] for name in ("queue_get", "queue_put", "queue_join")] == [0, 1, 1]
    assert waits["process"]["pid"] == truth["child"]
    assert (waits["executor"]["job_begun"], waits["executor_queued"]["job_begun"]) == (True, False)
    assert waits["executor"]["tid"] not in (None, truth["pid"])
    assert waits["executor_queued"]["tid"] is None


@pytest.mark.parametrize("interpreter", CASES)
def test_waiting(look, stillframe, interpreter):
    running = look(interpreter, "waiting.py")
    running.wait_asleep()
    truth = running.truth
    for arguments, live in [([running.pid], True), (None, False)]:
        seen = tasks_of(stillframe, *(arguments or [running.core(), *interpreters.root_of(interpreter)]))
        check_tasks(seen, truth)
        assert edges_of(seen) == set()
        check_waits(seen, truth, running.age if live else None)


@pytest.mark.parametrize("what", ["task", "callback"])
@pytest.mark.parametrize("interpreter", CASES)
def test_blocked(look, stillframe, interpreter, what):
    running = look(interpreter, "blocked.py", what)
    running.wait_asleep()
    truth = running.truth
    for seen in [tasks_of(stillframe, running.pid),
                 tasks_of(stillframe, running.core(), *interpreters.root_of(interpreter))]:
        shown = by_address(seen)
        loops = {loop["address"]: loop for loop in seen["loops"]}
        assert len(loops) == 2
        blocked = loops.pop(truth["loop"])
        [other] = loops.values()
        assert other["doing"] == "waits" and other["tid"] != blocked["tid"]
        assert blocked["doing"] == "runs" and blocked["tid"] == truth["pid"]
        assert blocked["callback"][-1]["function"] == "block"
        assert blocked["ready"] >= 3
        own = {address: task for address, task in shown.items() if task["loop"] == truth["loop"]}
        assert set(own) == set(truth["tasks"])
        states = sorted(task["state"] for task in own.values())
        if what == "task":
            assert states.count("running") == 1
            task = shown[blocked["running_task"]]
            assert [frame["function"] for frame in task["frames"]] == ["blocks", "block"]
        else:
            assert blocked["running_task"] is None and "running" not in states
        assert states.count("ready") >= 3


# What the interpreters themselves say of another process (3.14+).
WITNESSES = [one for one in CASES if one.version >= (3, 14) and not one.variant]


@pytest.mark.parametrize("interpreter", WITNESSES)
@pytest.mark.parametrize("program", ["awaiting.py", "waiting.py"])
def test_pstree(look, stillframe, interpreter, program):
    running = look(interpreter, program)
    running.wait_asleep()
    command = [interpreter.outside(interpreter.executable), "-m", "asyncio", "ps", str(running.pid)]
    environment = dict(os.environ)
    if root := interpreter.root:  # /proc and the names in /proc/PID/maps are those of this machine
        command = [root / "lib64" / "ld-linux-x86-64.so.2", "--library-path", root / "usr/lib/x86_64-linux-gnu", *command]
        environment["PYTHONHOME"] = str(root / "usr")
    run = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert run.returncode == 0, run.stdout + run.stderr
    told, edges = set(), set()
    for line in run.stdout.splitlines()[2:]:
        task, awaiter = line.split()[1], line.split()[-1]
        told.add(task)
        edges |= {(awaiter, task)} if awaiter != "0x0" else set()
    seen = tasks_of(stillframe, running.pid)
    assert set(by_address(seen)) == told
    ours = edges_of(seen)
    # Up to 3.14.7 it notes nothing of as_completed().
    missed = {(awaiter, task) for awaiter, task in ours - edges if "completes" in by_address(seen)[awaiter]["name"]}
    assert ours - missed == edges


# How tasks are copied is the same everywhere; what is copied differs by how tasks are kept.
KEPT_APART = [one for one in CASES if one.id in ("3.8", "3.12", "3.14")]


@pytest.mark.parametrize("rate", [200, 0])
@pytest.mark.parametrize("interpreter", KEPT_APART)
def test_copied_at_one_moment(look, stillframe, interpreter, rate):
    """Most of their memory is not copied in the stop; what is shown is true of one moment all the same."""
    running = look(interpreter, "handing_over.py", "1000", str(rate))
    looks = [json.loads(stillframe("tasks", "--json", running.pid).out) for _ in range(20)]
    assert any(seen["consistency"]["method"] == "stopped" for seen in looks)
    for seen in looks:
        assert seen["consistency"]["consistent"]
        hands = {task["name"]: task["frames"][-1]["function"] for task in seen["tasks"] if task["state"] == "waiting"}
        assert len(seen["tasks"]) == 2 * running.truth["pairs"] + 1
        for number in range(running.truth["pairs"]):
            pair = [hands.get(f"{number}-{own}") for own in range(2)]
            assert set(pair) <= {None, "has_it", "lacks_it"} and pair.count("has_it") < 2, (number, pair)
