"""Values of the standard library's types, compared with the repr() of the program that has them."""

import re

import pytest
from interpreters import CORES_OF_VALUES, VERSIONS, root_of


def groups_of(still: dict) -> list[list[dict]]:
    """The lists `values` of stand_still(), innermost first."""
    frames = [frame for thread in still["threads"] for frame in thread["frames"] if frame["function"] == "stand_still"]
    found = [[one for one in frame["locals"] if one["name"] == "values"] for frame in frames]
    return [values["children"] for [values] in reversed(found)]


def check(still: dict, truth: list) -> None:
    groups = groups_of(still)
    assert len(groups) == len(truth)
    for shown, known in zip(groups[:-1], truth[:-1]):
        assert len(shown) == len(known)
        # One by one: to explain how two long lists differ takes pytest minutes.
        wrong = [(one["value"], text) for one, (_, text) in zip(shown, known) if one["value"] != text]
        assert not wrong, min(wrong, key=lambda pair: len(pair[1]))
    check_states(groups[-1], truth[-1])


def check_states(shown: list[dict], known: list) -> None:
    """Those whose repr() has no state in old versions: equal where it has, else the same state in our form."""
    assert len(shown) == len(known)
    for one, (name, text) in zip(shown, known):
        assert "unreadable" not in one["value"], (name, text, one)
    texts = [one["value"] for one in shown]
    # The objects of states() in values/stdlib_values.py, in their order.
    number = r"\d+"
    expected = [
        r"<unlocked \w+\.lock object at 0x\w+>",
        r"<locked \w+\.lock object at 0x\w+>",
        r"<unlocked \w+\._?RLock object owner=(0|None) count=0 at 0x\w+>",
        rf"<locked \w+\._?RLock object owner={number} count=1 at 0x\w+>",
        rf"<locked \w+\._?RLock object owner={number} count=2 at 0x\w+>",
        r"<Condition\(<unlocked .*>, 0\)>|<_Condition\(<unlocked .*>, 0\)>",
        r"<_?Condition\(<locked .*>, 0\)>",
        r"<threading\._?Event at 0x\w+: set>",
        r"<threading\._?Event at 0x\w+: unset>",
        r"<threading\._?Semaphore at 0x\w+: value=3>",
        r"<threading\._?BoundedSemaphore at 0x\w+: value=2(/2)?>",
        rf"<_MainThread\(MainThread, started {number}\)>",
        r"<Thread\(idle, initial\)>",
    ]
    for text, pattern in zip(texts, expected):
        assert re.fullmatch(pattern, text), (text, pattern)
    if len(texts) == len(expected):
        return
    rest = texts[len(expected):]
    for start in (0, 4):  # of C, then of Python code
        assert rest[start] == "<Future pending>"
        assert rest[start + 1] == "<Future finished result=[1, 2]>"
        assert rest[start + 2].startswith("<Future finished exception=")
        assert rest[start + 3] == "<Future cancelled>"
    assert rest[8] == "<_UnixSelectorEventLoop running=False closed=False debug=False ready=0 scheduled=0>"
    assert re.fullmatch(r"<Future at 0x\w+ state=pending>", rest[9])
    assert rest[10:14] == ["<Logger a.b (INFO)>", "<Logger a.b.c (INFO)>", "<RootLogger root (WARNING)>",
                           "<Handler (NOTSET)>"]
    assert re.fullmatch(r"<queue\.Queue object at 0x\w+ size=1 maxsize=5 unfinished_tasks=1 queue=deque\(\[1\]\)>", rest[14])
    assert re.fullmatch(r"<queue\.LifoQueue object at 0x\w+ size=0 maxsize=0 unfinished_tasks=0 queue=\[\]>", rest[15])


OPTIONS = ["--json", "--locals", "--locals-depth", 1, "--max-items", 100000, "--max-string", 100000]


@pytest.mark.parametrize("interpreter", VERSIONS)
def test_live(start, stillframe, interpreter):
    running = start(interpreter, "values/stdlib_values.py", command=command)
    running.wait_asleep()
    check(stillframe("dump", *OPTIONS, running.pid).still, running.truth["groups"])


@pytest.mark.parametrize("interpreter", CORES_OF_VALUES)
def test_core(start, stillframe, interpreter):
    running = start(interpreter, "values/stdlib_values.py", command=command)
    running.wait_asleep()
    check(stillframe("core", *OPTIONS, running.core(), *root_of(interpreter)).still, running.truth["groups"])


def command(interpreter, inside):
    return [interpreter.executable, f"{inside}/stdlib_values.py"]
