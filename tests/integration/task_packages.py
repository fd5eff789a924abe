"""trio, curio and AnyIO for the interpreters of the matrix, pinned in tests/task-packages-*.txt, and what the tests of their
programs have in common."""

import functools
import pathlib
import shutil

from interpreters import BY_ID, PROGRAMS, TESTS, Interpreter
from native_builds import building, digest, run


@functools.cache
def site(version: str) -> pathlib.Path:
    """The folder that what one of the files names was installed in, by the CPython of that version."""
    wanted, python = TESTS / f"task-packages-{version}.txt", BY_ID[version].executable
    with building(f"task-packages-{version}-{digest(wanted, python)}") as folder:
        if not (folder / ".complete").exists():
            run([python, "-m", "venv", "--clear", folder / "venv"])
            run([folder / "venv" / "bin" / "python", "-m", "pip", "-q", "install", "--disable-pip-version-check", "--target",
                 folder / "site", "--upgrade", "-r", wanted])
            (folder / ".complete").touch()
    return folder / "site"


def site_for(interpreter: Interpreter) -> pathlib.Path:
    """What that interpreter can import: the newest that supports it."""
    return site("3.7" if interpreter.version < (3, 8) else "3.8" if interpreter.version < (3, 11) else "3.12")


def options_for(interpreter: Interpreter) -> dict:
    """What `start` is told: an interpreter whose / is another folder sees a copy beside its program."""
    where = site_for(interpreter)
    if not interpreter.root:
        return {"env": {"PYTHONPATH": str(where)}}
    ignore = shutil.ignore_patterns("tests", "_tests", "__pycache__", "*.so")
    return {"before": lambda folder: shutil.copytree(where, folder, dirs_exist_ok=True, ignore=ignore)}


def starter(start, truth: str):
    """A function that starts one of the programs, which imports that one of tests/programs/tasks for what it says of itself."""
    folder = PROGRAMS / "tasks"

    def begin(interpreter, program, *arguments):
        return start(interpreter, f"tasks/{program}", *arguments, copy=[folder / "_task_truth.py", folder / truth],
                     command=lambda one, inside: [one.executable, f"{inside}/{program}"], **options_for(interpreter))
    return begin


def checked_waits(shown: dict, truth: dict, age: float | None) -> dict:
    """What tasks wait for, by the names that the program has for them: of what it was made to wait for, at the right files
    and times. `shown`: tasks by address. `age`: of the program, whose sleep is as old at the most; None of a core."""
    live, names = age is not None, truth["names"]
    waits = {}
    for address, (name, kind) in truth["kinds"].items():
        waits[name] = shown[address]["waits_for"]
        assert waits[name]["kind"] == kind, shown[address]
    for name, fd in truth["fds"].items():
        assert waits[name]["file"]["fd"] == fd
        assert waits[name]["file"]["kind"] == ("unix" if live else "unknown")
    assert (1000 - age <= waits["sleep"]["seconds_left"] <= 1000) if live else waits["sleep"]["seconds_left"] is None
    timeout = shown[names["timeout"]]["timeout_left"]
    assert (500 - age <= timeout <= 500) if live else timeout is None
    assert shown[names["sleep"]]["timeout_left"] is None
    assert waits["process"]["pid"] == truth["child"]
    return waits
