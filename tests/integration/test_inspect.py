"""Objects by name and by address, live and as a core, against what the program knows of them itself."""

import json
import os
import subprocess

import jsonschema
import pytest

import interpreters
from conftest import REPOSITORY, Program
from test_bad_input import refused
from test_namespaces import unshared

SCHEMA = jsonschema.Draft202012Validator(json.loads((REPOSITORY / "docs" / "inspection.schema.json").read_text()))
CASES = [pytest.param(one, id=one.id) for one in interpreters.ALL if one.id != "3.8-nameless"]
# How many places of the program refer to each.
REFERENCES = {"app.plain": 2, "app.registry": 1, "app.loop": 2, "app.table": 4}
PROGRAM = "values/inspected.py"


@pytest.fixture
def look(start, stillframe):
    def begin(interpreter, *arguments, **options):
        return start(interpreter, PROGRAM, *arguments, env={"STILL_VARIABLE": "of the environment"}, **options)
    return begin


def inspect(stillframe, *arguments, code=0) -> dict:
    outcome = stillframe("inspect", "--json", *arguments)
    assert outcome.code == code, outcome.err
    inspection = json.loads(outcome.out)
    SCHEMA.validate(inspection)
    return inspection


def every_object(one: dict):
    yield one
    for child in one["children"]:
        yield from every_object(child)


def check(inspection: dict, truth: dict) -> None:
    for answer, (name, value, kind) in zip(inspection["answers"], truth["asked"], strict=True):
        assert answer["asked"] == name
        shown = answer["object"]
        assert shown is not None, answer["error"]
        assert shown["type"].rpartition(".")[2] == kind, answer
        assert value is None or shown["value"] == value, answer


def check_facts(inspection: dict, truth: dict) -> None:
    for answer in inspection["answers"]:
        shown, name = answer["object"], answer["asked"]
        assert shown["address"] == truth["addresses"][name]
        assert shown["refcount"] == REFERENCES[name], shown
        assert shown["size"] in (truth["sizes"][name], None)
        # Not of objects whose attributes are behind them.
        assert shown["size"] is not None or name in ("app.plain", "app.table")


def check_paths(inspection: dict, again: dict, objects: list) -> None:
    """What is called so leads to the same object."""
    assert len(objects) > 40
    for shown, answer in zip(objects, again["answers"], strict=True):
        assert answer["object"] is not None, answer["error"]
        assert answer["object"]["address"] == shown["address"], (shown, answer)


@pytest.mark.parametrize("interpreter", CASES)
def test_inspect(look, stillframe, interpreter):
    running = look(interpreter)
    running.wait_asleep()
    truth = running.truth
    names = [name for name, *_ in truth["asked"]]
    live = inspect(stillframe, running.pid, *names)
    assert live["consistency"]["method"] == "untouched"
    check(live, truth)
    check_facts(inspect(stillframe, running.pid, *truth["addresses"]), truth)
    tree = inspect(stillframe, running.pid, "--max-items", 20, "app.registry", "app.settings.CACHES", "app.shared")
    objects = [one for answer in tree["answers"] for one in every_object(answer["object"]) if one["path"]]
    check_paths(tree, inspect(stillframe, running.pid, "--depth", 0, *(one["path"] for one in objects)), objects)
    core = running.core()
    dead = inspect(stillframe, core, *interpreters.root_of(interpreter), *names)
    assert dead["consistency"]["method"] == "core"
    check(dead, truth)
    check_facts(inspect(stillframe, core, *interpreters.root_of(interpreter), *truth["addresses"]), truth)


@pytest.fixture(scope="module")
def resting(tmp_path_factory):
    """One program that rests, for everything that does not depend on the version."""
    folder = tmp_path_factory.mktemp("resting")
    process = subprocess.Popen(
        [interpreters.ONE.executable, interpreters.PROGRAMS / PROGRAM, folder / "truth"], stdout=subprocess.PIPE,
        env={**os.environ, "STILL_VARIABLE": "of the environment"})
    running = Program(interpreters.ONE, process, folder)
    try:
        assert process.stdout.readline() == b"ready\n"
        running.wait_asleep()
        yield process.pid, running.truth
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_address(resting, stillframe):
    pid, truth = resting
    address = truth["addresses"]["app.registry"]
    [answer] = inspect(stillframe, pid, f"{address}[0].name")["answers"]
    assert answer["object"]["value"] == "'plain'"
    refused(stillframe("inspect", pid, "0x10"), "0x10", "cannot be read")
    # In the middle of an object there is none.
    refused(stillframe("inspect", pid, hex(int(address, 16) + 16)), "no object with a sound type", "dump --locals")
    refused(stillframe("inspect", pid, hex(int(address, 16) + 4)), "no object with a sound type")


def test_cycles_and_shared_objects(resting, stillframe):
    pid, _ = resting
    [answer] = inspect(stillframe, pid, "--depth", 20, "app.loop")["answers"]
    [name, again] = answer["object"]["children"]
    assert name["value"] == "'loop'"
    assert again["same_as"] == "app.loop" and again["children"] == []
    [answer] = inspect(stillframe, pid, "app.shared")["answers"]
    [first, second] = answer["object"]["children"]
    assert first["children"] and second["same_as"] == "app.shared[0]"
    out = stillframe("inspect", pid, "app.loop").out
    assert out.splitlines()[-1] == "└─ 'self': {…}  … as at app.loop"
    # Also where nothing more is opened.
    assert stillframe("inspect", "--depth", 1, pid, "app.loop").out == out


def test_limits(resting, stillframe):
    pid, _ = resting
    [answer] = inspect(stillframe, pid, "app.big")["answers"]
    assert (len(answer["object"]["children"]), answer["object"]["left_out"]) == (50, 9950)
    assert answer["object"]["items"] == 10000
    out = stillframe("inspect", pid, "--max-items", 10, "app.big").out
    assert "app.big = […]  (list, 0x" in out and "10,000 items" in out
    assert out.splitlines()[-1] == "└─ … 9,990 more"
    [answer] = inspect(stillframe, pid, "--depth", 1, "app.registry")["answers"]
    assert all(child["children"] == [] for child in answer["object"]["children"])
    out = stillframe("inspect", pid, "--depth", 0, "app.plain").out
    assert len(out.splitlines()) == 3 and "number=1 name='plain'" in out


def test_secrets(resting, stillframe):
    pid, _ = resting
    for names in (["app.settings.PASSWORD"], ["app.settings"], ["app.settings.DATABASES", "app.settings.DATABASES['password']"]):
        for options in ([], ["--json"]):
            outcome = stillframe("inspect", *options, pid, *names)
            assert outcome.code == 0 and "<redacted>" in outcome.out and "hunter2" not in outcome.out
    assert "--no-redact shows it" in stillframe("inspect", pid, "app.settings.PASSWORD").out
    assert "'hunter2'" in stillframe("inspect", pid, "--no-redact", "app.settings.PASSWORD").out
    outcome = stillframe("inspect", pid, "--redact", "CACHES", "app.settings.CACHES['default']")
    assert "<redacted>" in outcome.out and "locmem" not in outcome.out


@pytest.mark.parametrize(("name", "words"), [
    ("ap.settings", ["no module ap is imported", "did you mean app.settings?"]),
    ("plain", ["no module plain", "__main__"]),
    ("basket", ["no module basket is imported", "did you mean __main__.basket?"]),
    ("app.setings.CACHES", ["app is of type module, and has no attribute setings", "did you mean app.settings?"]),
    ("app.settings.CACHES['defalt']", ["has no key 'defalt'", "did you mean app.settings.CACHES['default']?"]),
    ("app.settings.CACHES['x']['y']", ["app.settings.CACHES is of type dict, and has no key 'x'"]),
    ("app.big[10000]", ["10000 items, and has no [10000]"]),
    ("app.big['a']", ["whose items have numbers"]),
    ("app.plain.computed", ["computed by code (property), which is not run"]),
    ("app.plain.nam", ["has no attribute nam", "did you mean app.plain.name?"]),
    ("app.slots.unset", ["unset is not set in it"]),
    ("app.nothing[0]", ["of type NoneType"]),
    ("app.chain['c']", ["of type collections.ChainMap, and has no such key"]),
    ("app.wrapped['a']", ["wrapped in too many others, or in itself"]),
])
def test_what_is_not_there(resting, stillframe, name, words):
    refused(stillframe("inspect", resting[0], name), "look up " + name, *words)


@pytest.mark.parametrize("arguments", [[], ["4211"], ["4211", "a..b"], ["4211", "a[b]"], ["4211", "0xg"], ["4211", "a["],
                                       ["99999999999999999999", "a"], ["4211", "a", "--depth", "-1"]])
def test_wrong_usage(stillframe, arguments):
    refused(stillframe("inspect", *arguments), code=2)


def test_some_are_found_and_some_not(resting, stillframe):
    outcome = stillframe("inspect", resting[0], "app.plain", "app.plan")
    assert outcome.code == 3
    assert "app.plain = <__main__.Plain object at 0x" in outcome.out and "did you mean app.plain or app.Plain?" in outcome.err
    inspection = inspect(stillframe, resting[0], "app.plain", "app.plan", code=3)
    assert inspection["partial"] and inspection["answers"][1]["error"]["advice"] == "did you mean app.plain or app.Plain?"


def test_no_such_target(stillframe, tmp_path):
    refused(stillframe("inspect", tmp_path / "none", "a"), "no such file")


@pytest.mark.parametrize("interpreter", [interpreters.BY_ID[name] for name in ("2.7", "3.10", "3.13", "3.14t")])
def test_while_it_runs(look, stillframe, interpreter):
    running = look(interpreter, "busy")
    inspection = inspect(stillframe, running.pid, "app.registry", "app.settings.CACHES['default']['TIMEOUT']")
    assert inspection["consistency"]["method"] == "stopped" and inspection["consistency"]["consistent"]
    assert inspection["answers"][1]["object"]["value"] == "300"
    inspection = inspect(stillframe, "--no-block", running.pid, "app.settings.CACHES['default']['TIMEOUT']")
    assert inspection["consistency"]["method"] == "running"
    assert inspection["answers"][0]["object"]["value"] == "300"
    assert "objects may be torn" in stillframe("inspect", "--no-block", running.pid, "app.nothing").out


@pytest.mark.parametrize("interpreter", [interpreters.BY_ID[name] for name in ("3.8", "3.12", "3.14t")])
def test_in_a_pid_namespace(look, stillframe, interpreter):
    running = look(interpreter, command=lambda one, inside: [*unshared(one, inside)[:-1], f"{inside}/inspected.py"])
    running.wait_asleep()
    [answer] = inspect(stillframe, running.pid, "app.registry[-1]['deep']")["answers"]
    assert answer["object"]["value"] == "[[['deeper']]]"


@pytest.mark.parametrize("interpreter", [interpreters.BY_ID[name] for name in ("3.12", "3.14")])
def test_interpreters(start, stillframe, interpreter):
    running = start(interpreter, "subinterpreters.py")
    name = "__main__.in_second_interpreter"
    refused(stillframe("inspect", running.pid, name), "no attribute in_second_interpreter", "--interpreter N")
    inspection = inspect(stillframe, running.pid, "--interpreter", 1, name)
    assert inspection["interpreter"] == 1 and inspection["answers"][0]["object"]["type"] == "function"
    refused(stillframe("inspect", running.pid, "--interpreter", 7, name), "there is no interpreter 7", "0, 1")


def test_files_of_a_core_are_found(look, stillframe, tmp_path):
    interpreter = interpreters.BY_ID["3.14"]
    core = look(interpreter).core()
    path = f"{tmp_path}:{interpreter.root}/lib/x86_64-linux-gnu"
    [answer] = inspect(stillframe, "--lib-search-path", path, core, "--lib-search-root", interpreter.root, "--executable",
                       interpreter.outside(interpreter.executable), "app.slots.own")["answers"]
    assert answer["object"]["value"] == "(3, 4)"


def test_compressed_core(look, stillframe):
    core = look(interpreters.ONE).core()
    subprocess.run(["zstd", "-q", "--rm", core], check=True)
    [answer] = inspect(stillframe, f"{core}.zst", "app.slots.own")["answers"]
    assert answer["object"]["value"] == "(3, 4)"
