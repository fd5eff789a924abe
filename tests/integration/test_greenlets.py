"""Suspended greenlets: each with the stack that the program itself says it has, live and in a core."""

import json
import time

import pytest

import greenlet_builds
from interpreters import PROGRAMS

FOLDER = PROGRAMS / "greenlets"


def name_of(row) -> str:
    return f"{row[0]} greenlet {row[1]}"


def start_with(start, row, program, *arguments):
    build = greenlet_builds.build(row)
    return start(build.interpreter, f"greenlets/{program}", *arguments, copy=[FOLDER / "_greenlet_truth.py"],
                 env={"PYTHONPATH": build.path})


def look(stillframe, *arguments, code=0) -> dict:
    outcome = stillframe(*arguments)
    assert outcome.code == code, outcome.out[:2000] + outcome.err
    return outcome.still


def python_frames(shown: dict) -> list:
    return [[frame["function"], frame["line"]] for frame in shown["frames"] if frame["kind"] == "python"]


def greenlets_of(threads: list) -> dict:
    return {greenlet["address"]: greenlet for thread in threads for greenlet in thread["greenlets"]}


def check_whole(still: dict, native: bool) -> None:
    assert still["warnings"] == []
    for thread in still["threads"]:
        for shown in [thread, *thread["greenlets"]]:
            assert shown["complete"], shown["incomplete_reason"]
            assert shown["native_end"] is None
            assert shown["merge_conflict"] is None
            assert native == any(frame["kind"] == "native" for frame in shown["frames"])


def check_native(greenlet: dict) -> None:
    """What runs a suspended greenlet is greenlet's own code at both ends, except for a main one's outer end."""
    frames = greenlet["frames"]
    assert "_greenlet" in frames[-1]["library"]
    if not greenlet["main"]:
        assert "_greenlet" in frames[0]["library"]
    functions = [frame["function"] or "" for frame in frames]
    # C calls stand between the Python calls that they connect.
    if "through_c" in functions and any("list_sort" in function for function in functions):
        sort = [place for place, function in enumerate(functions) if "sort" in function]
        assert functions.index("through_c") < sort[0] < functions.index("<lambda>"), functions


def looks_at(stillframe, running):
    """Live and as a core, each without and with native frames: (still, whether it has them)."""
    for native in (False, True):
        yield look(stillframe, "dump", "--json", *["--native"] * native, running.pid), native
    core = running.core()
    for native in (False, True):
        yield look(stillframe, "core", "--json", *["--native"] * native, core), native


@pytest.mark.timeout(300)  # the first one installs
@pytest.mark.parametrize("row", greenlet_builds.ALL, ids=name_of)
def test_suspended(start, stillframe, row):
    running = start_with(start, row, "nested.py")
    running.wait_asleep()
    truth = running.truth
    for still, native in looks_at(stillframe, running):
        check_whole(still, native)
        shown = greenlets_of(still["threads"])
        assert {address: python_frames(greenlet) for address, greenlet in shown.items()} == truth["greenlets"]
        assert {greenlet["type"] for greenlet in shown.values()} == {"greenlet.greenlet", "__main__.Named"}
        assert shown[truth["named"]]["type"] == "__main__.Named"
        for greenlet in shown.values():
            assert not greenlet["main"]
            if native:
                check_native(greenlet)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("row", greenlet_builds.WITH_GEVENT, ids=name_of)
def test_gevent(start, stillframe, row):
    running = start_with(start, row, "gevent_sleepers.py", 4)
    running.wait_asleep()
    truth = running.truth["threads"]
    for still, native in looks_at(stillframe, running):
        check_whole(still, native)
        assert {thread["name"] for thread in still["threads"]} == set(truth)
        for thread in still["threads"]:
            shown = greenlets_of([thread])
            [main] = [address for address, greenlet in shown.items() if greenlet["main"]]
            outermost = "<module>" if thread["name"] == "MainThread" else "in_thread"
            assert ["joinall" in json.dumps(frame) for frame in shown[main]["frames"] if frame["kind"] == "python"]
            assert outermost in [function for function, _ in python_frames(shown[main])]
            if native:
                for greenlet in shown.values():
                    check_native(greenlet)
            del shown[main]
            assert {address: python_frames(greenlet) for address, greenlet in shown.items()} == truth[thread["name"]]
            # The hub runs, and its stack does not go on into that of the greenlet that began it.
            assert python_frames(thread)[-1][0] == "run"
            assert "<module>" not in [function for function, _ in python_frames(thread)]
            if native:
                assert "_greenlet" in thread["frames"][0]["library"]


@pytest.mark.parametrize("row", [("3.8", "1.1.3"), ("3.11", "3.0.3"), ("3.12", "3.5.6")], ids=name_of)
@pytest.mark.timeout(300)
def test_switching(start, stillframe, row):
    running = start_with(start, row, "switching.py")
    truth = running.truth
    for native in [False, True] * 4:
        still = look(stillframe, "dump", "--json", *(["--native"] if native else []), running.pid)
        assert still["consistency"]["consistent"]
        check_whole(still, native)
        [thread] = still["threads"]
        shown = greenlets_of([thread])
        # All but one are suspended.
        missing = {*truth["depths"], truth["main"]} - set(shown)
        assert len(missing) <= 1 and set(shown) <= {*truth["depths"], truth["main"]}
        for address, greenlet in shown.items():
            functions = [function for function, _ in python_frames(greenlet)]
            if address == truth["main"]:
                assert functions == ["<module>"] and greenlet["main"]
            else:
                assert functions == ["turns"] * (truth["depths"][address] + 1)
        running_depth = {truth["main"]: "<module>"}
        for address in missing:
            functions = {function for function, _ in python_frames(thread)}
            assert functions - {"tell"} == {running_depth.get(address, "turns")}  # it may still be telling the truth
        time.sleep(0.01)


@pytest.mark.timeout(300)
def test_without_a_thread(start, stillframe):
    running = start_with(start, greenlet_builds.ONE, "ended_thread.py")
    running.wait_asleep()
    truth = running.truth
    for native in (False, True):
        still = look(stillframe, "dump", "--json", *(["--native"] if native else []), running.pid)
        shown = greenlets_of(still["threads"])
        assert set(shown) == {truth["without_python"]}
        assert python_frames(shown[truth["without_python"]]) == []


@pytest.mark.timeout(300)
@pytest.mark.parametrize(["version", "said"], [
    ("9.0", "greenlet 9.0 is not known"), ("one", "could not be read"), ("1.1.3", "bytes where"), ("3.0.3", "not laid out as")])
def test_unknown_layout(start, stillframe, version, said):
    """Where the version lies, nothing is shown, and that is said."""
    running = start_with(start, greenlet_builds.ONE, "nested.py", version)
    running.wait_asleep()
    still = look(stillframe, "dump", "--json", running.pid, code=3)
    assert greenlets_of(still["threads"]) == {}
    assert any("greenlets are missing" in warning and said in warning for warning in still["warnings"]), still["warnings"]
    assert still["threads"][0]["complete"]


@pytest.mark.timeout(300)
def test_many(start, stillframe):
    """Thousands with the same stack take a few lines."""
    running = start_with(start, greenlet_builds.ONE, "gevent_sleepers.py", 3000)
    running.wait_asleep()
    outcome = stillframe("dump", running.pid)
    assert outcome.code == 0
    assert outcome.out.count("and 2,999 more greenlets with the same stack: 0x") == 2
    assert outcome.out.count(", the thread's main one, suspended:") == 2
    assert outcome.out.count("\n") < 200
    still = look(stillframe, "dump", "--json", "--native", running.pid)
    assert len(greenlets_of(still["threads"])) == 2 * (3000 + 3 + 1)
