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
    running = start(interpreter, "values/variables.py", command=lambda one, inside: [one.executable, f"{inside}/variables.py"])
    running.wait_asleep()
    options = ["--json", "--locals", "--max-items", 100, "--max-string", 10000]
    live = stillframe("dump", *options, running.pid)
    assert live.still["consistency"]["method"] == "untouched"
    check(live.still, running.truth)
    core = stillframe("core", *options, running.core(), *root_of(interpreter))
    check(core.still, running.truth)


def root_of(interpreter):
    return ["--lib-search-root", interpreter.root] if interpreter.root else []
