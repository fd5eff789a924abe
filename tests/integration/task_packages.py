"""trio and AnyIO for the interpreters of the matrix: pinned in tests/task-packages-*.txt."""

import functools
import pathlib
import shutil

from interpreters import BY_ID, TESTS, Interpreter
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
