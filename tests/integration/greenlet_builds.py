"""Interpreters with a greenlet of their own: layouts differ by both versions."""

import dataclasses

from interpreters import BY_ID, Interpreter
from native_builds import KEPT, built, digest

# One of each layout and of each way in which CPython keeps its frames.
WITHOUT_GEVENT = [("2.7", "1.1.3"), ("3.6", "1.1.3"), ("3.7", "2.0.2"), ("3.8", "1.1.3"), ("3.10", "1.1.3"), ("3.10", "2.0.2"), ("3.12", "3.1.0"),
                  ("3.13", "3.2.4"), ("3.14t", "3.5.6")]
WITH_GEVENT = {("3.8", "3.1.1"): "24.2.1", ("3.11", "3.0.3"): "24.2.1", ("3.12", "3.5.6"): "26.9.0", ("3.13", "3.5.6"): "26.9.0"}
ALL = [*WITHOUT_GEVENT, *WITH_GEVENT]
ONE = ("3.12", "3.5.6")


@dataclasses.dataclass
class Build:
    interpreter: Interpreter
    path: str  # for PYTHONPATH


def build(row: tuple[str, str]) -> Build:
    """An interpreter of the matrix, and the folder that its greenlet (and gevent) was installed in."""
    interpreter = BY_ID[row[0]]
    wanted = [f"greenlet=={row[1]}"] + ([f"gevent=={WITH_GEVENT[row]}"] if row in WITH_GEVENT else [])
    key = f"greenlet-{row[0]}-{row[1]}-{digest(interpreter.executable, wanted)}"
    python, commands = interpreter.executable, []
    if interpreter.version >= (3, 3):
        commands.append([python, "-m", "venv", "--clear", "venv"])
        python = KEPT / key / "venv" / "bin" / "python"
    commands.append([python, "-m", "pip", "-q", "install", "--only-binary=:all:", "--disable-pip-version-check",
                     "--target", "site", "--upgrade", *wanted])
    return Build(interpreter, str(built(key, *commands) / "site"))
