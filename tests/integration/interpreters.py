"""The interpreters of tests/matrix.toml, and how each is started."""

import dataclasses
import functools
import os
import pathlib
import shutil
import subprocess
import tomllib

TESTS = pathlib.Path(__file__).resolve().parent.parent
# The program under test.
STILLFRAME = pathlib.Path(os.environ.get("STILLFRAME", TESTS.parent / "build" / "release" / "stillframe")).absolute()
PROGRAMS = TESTS / "programs"
CACHE = pathlib.Path(os.environ.get("STILLFRAME_CACHE", pathlib.Path.home() / ".cache" / "stillframe"))


@dataclasses.dataclass(frozen=True)
class Interpreter:
    """One row of the matrix. `root` is the folder that is / for it, None where it sees the machine's own."""

    id: str
    executable: str
    root: pathlib.Path | None
    debug: bool = False
    free_threaded: bool = False
    variant: bool = False

    @property
    def version(self) -> tuple[int, int]:
        major, minor = self.id.split("-")[0].rstrip("t").split(".")
        return int(major), int(minor)

    @property
    def musl(self) -> bool:
        """Runs on a C library without unwind rules, where no other tool comes further than one call."""
        return self.id.endswith("-musl")

    @property
    def has_ctypes(self) -> bool:
        """The build for musl has none: Debian has no libffi for it."""
        return not self.musl

    def enter(self, folder: str) -> None:
        """Called in the child before it becomes the program: what it sees as /, and where it stands."""
        if self.root:
            os.chroot(self.root)
        os.chdir(folder)

    def missing(self) -> str | None:
        """What is not there, or None."""
        outside = self.outside(self.executable)
        return None if outside.exists() else f"{outside} is missing: run scripts/get-interpreters"

    def outside(self, path: str | os.PathLike) -> pathlib.Path:
        """Where a path that the interpreter sees lies for the tests."""
        return self.root / str(path).lstrip("/") if self.root else pathlib.Path(path)

    def inside(self, path: pathlib.Path) -> str:
        """What the interpreter calls a path of the tests."""
        return "/" + str(path.relative_to(self.root)) if self.root else str(path)

    @functools.cached_property
    def scratch(self) -> pathlib.Path:
        """A folder that the interpreter sees as well."""
        return self.root / "tmp" if self.root else pathlib.Path("/tmp")


def root_of(interpreter: Interpreter) -> list:
    """What `stillframe core` must be told of a core of that interpreter."""
    return ["--lib-search-root", interpreter.root] if interpreter.root else []


@functools.cache
def pyenv_root() -> pathlib.Path:
    if "PYENV_ROOT" in os.environ:
        return pathlib.Path(os.environ["PYENV_ROOT"])
    if shutil.which("pyenv"):
        return pathlib.Path(subprocess.run(["pyenv", "root"], capture_output=True, text=True).stdout.strip())
    return pathlib.Path.home() / ".pyenv"


def load(row: dict) -> Interpreter:
    root, executable = None, row["command"]
    if row["from"] == "pyenv":
        executable = str(pyenv_root() / "versions" / row["where"] / executable)
    elif row["from"] == "build":
        executable = str(CACHE / "interpreters" / row["where"] / executable)
    elif row["from"] == "variant":
        executable = str(CACHE / "interpreters" / row["id"] / executable)
    elif row["from"] == "root":
        root = CACHE / "interpreters" / row["where"]
    return Interpreter(row["id"], executable, root, row.get("debug", False), row.get("free_threaded", False),
                       row["from"] == "variant")


ALL = [load(row) for row in tomllib.loads((TESTS / "matrix.toml").read_text())["interpreter"]]
# For tests that need no variant: what they look at does not depend on symbols and linking.
VERSIONS = [interpreter for interpreter in ALL if not interpreter.variant]
BY_ID = {interpreter.id: interpreter for interpreter in ALL}
# One of each way in which CPython keeps its frames, for tests whose subject is not the version.
EACH_KIND = [BY_ID[name] for name in ("3.8", "3.11", "3.12", "3.14", "3.14t")]
ONE = BY_ID["3.12"]
# Whose cores are compared value by value: of each kind, with STILLFRAME_EVERY_CORE=1 all of them (some minutes more).
EVERY_CORE = VERSIONS if os.environ.get("STILLFRAME_EVERY_CORE") else []
CORES_OF_VALUES = EVERY_CORE or EACH_KIND
