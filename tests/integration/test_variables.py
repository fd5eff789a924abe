"""The variables of every call, live and as a core, against what the program finds in its own frames."""

import pytest

import interpreters

CASES = [pytest.param(one, id=one.id) for one in interpreters.ALL if one.id != "3.8-nameless"]


def check(still: dict, truth: dict) -> None:
    [thread] = still["threads"]
    frames = [frame for frame in thread["frames"] if frame["kind"] == "python"][:-1]  # the last one tells
    assert [frame["function"] for frame in frames] == [frame["function"] for frame in truth["frames"]]
    for frame, known in zip(frames, truth["frames"]):
        shown = frame["arguments"] + frame["locals"]
        names = [one["name"] for one in shown]
        assert sorted(names) == sorted(set(known["values"])), known["function"]
        set_arguments = [name for name in known["arguments"] if name in known["values"]]
        assert [one["name"] for one in frame["arguments"]] == (set_arguments if known["optimized"] else [])
        for one in shown:
            expected = known["values"][one["name"]]
            if expected is not None:
                assert one["value"] == expected, (known["function"], one)
            assert one["kind"] == kind_of(one["name"], known), (known["function"], one)
            assert one["address"] is not None


def kind_of(name: str, known: dict) -> str:
    if name in known["free"]:
        return "free"
    if name in known["cells"]:
        return "cell"
    return "argument" if name in known["arguments"] and known["optimized"] else "local"


@pytest.mark.parametrize("interpreter", CASES)
def test_variables(start, stillframe, interpreter):
    running = start(interpreter, "values/variables.py")
    running.wait_asleep()
    options = ["--json", "--locals", "--max-items", 100, "--max-string", 10000]
    live = stillframe("dump", *options, running.pid)
    assert live.still["consistency"]["method"] == "untouched"
    check(live.still, running.truth)
    core = stillframe("core", *options, running.core(), *interpreters.root_of(interpreter))
    check(core.still, running.truth)


# A finally block in 3.6 and before leaves the earlier exceptions to frames, where they are not looked for; in 2.7 the
# last exception of a function stays, and what a finally block has saved is none.
HANDLED_LATER = {"outer": "__main__.Trouble", "finally_block": "__main__.Trouble"}
HANDLED = {(2, 7): {"nothing_here": "exceptions.ValueError"}, (3, 6): {"finally_block": "__main__.Trouble"}}


@pytest.mark.parametrize("interpreter", [pytest.param(one, id=one.id) for one in interpreters.VERSIONS])
def test_exceptions(start, stillframe, interpreter):
    running = start(interpreter, "values/exceptions.py")
    running.wait_asleep()
    live = stillframe("dump", "--json", "--locals", running.pid)
    check_exceptions(live.still, interpreter)
    core = stillframe("core", "--json", "--locals", running.core(), *interpreters.root_of(interpreter))
    check_exceptions(core.still, interpreter)


def check_exceptions(still, interpreter):
    shown = [(frame["function"], one["kind"], one["type"])
             for thread in still["threads"] for frame in thread["frames"] for one in frame.get("exceptions", [])]
    expected = HANDLED.get(interpreter.version, HANDLED_LATER)
    assert sorted(shown) == sorted((function, "handled", type_) for function, type_ in expected.items())
