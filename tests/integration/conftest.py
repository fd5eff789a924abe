"""Fixtures: a program of tests/programs under an interpreter of the matrix, and Stillframe's view of it."""

import contextlib
import dataclasses
import json
import os
import pathlib
import re
import resource
import select
import shutil
import signal
import subprocess
import tempfile
import time

import jsonschema
import pytest

from interpreters import PROGRAMS, STILLFRAME, TESTS, Interpreter

pytest.register_assert_rewrite("native_looking", "task_packages")

REPOSITORY = TESTS.parent
SCHEMA = jsonschema.Draft202012Validator(json.loads((REPOSITORY / "docs" / "still.schema.json").read_text()))


def pytest_make_parametrize_id(config, val, argname):
    return val.id if isinstance(val, Interpreter) else None


@dataclasses.dataclass
class Outcome:
    """What one call of Stillframe gave."""

    code: int
    out: str
    err: str

    @property
    def still(self) -> dict:
        """The JSON of the only target, checked against the schema."""
        [line] = self.out.splitlines()
        still = json.loads(line)
        # Checking a hundred thousand equal frames takes minutes: of a long stack both ends are checked.
        shortened = [{**thread, "frames": thread["frames"][:50] + thread["frames"][-50:]} for thread in still["threads"]]
        SCHEMA.validate({**still, "threads": shortened})
        return still


def run_stillframe(*arguments, timeout=60, **options) -> Outcome:
    command = [STILLFRAME, *map(str, arguments)]
    run = subprocess.run(command, capture_output=True, timeout=timeout, **options)
    return Outcome(run.returncode, run.stdout.decode("utf-8", "replace"), run.stderr.decode("utf-8", "replace"))


@pytest.fixture(scope="session")
def stillframe():
    assert os.path.exists(STILLFRAME), f"{STILLFRAME} is missing: run make build"
    return run_stillframe


@pytest.fixture(scope="session")
def as_root():
    """Only root can become another user, drop capabilities, mount or change its root."""
    assert os.getuid() == 0, "these tests run as root: sudo make test"


@dataclasses.dataclass
class Program:
    """A program that was started and has said that it is ready."""

    interpreter: Interpreter
    process: subprocess.Popen
    folder: pathlib.Path
    since: float = 0.0  # time.monotonic() when it was not yet started

    @property
    def pid(self) -> int:
        """The program itself, also where unshare(1) stands between it and the test."""
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return int(children[0]) if self.process.args[0] == "unshare" else self.process.pid

    @property
    def truth(self) -> dict:
        return json.loads((self.folder / "truth").read_text())

    @property
    def age(self) -> float:
        """No less than the seconds since it did anything."""
        return time.monotonic() - self.since

    def wait_told(self) -> None:
        """Until the witness waits for ever: it said "ready" a moment before. A wait for the GIL would have a timeout."""
        if not (self.folder / "truth").exists() or (told_by := self.truth.get("told_by")) is None:
            return  # nobody told anything, or /proc is not to be had in there
        for _ in range(3000):
            waiting = []
            for task in pathlib.Path(f"/proc/{self.pid}/task").iterdir():
                with contextlib.suppress(OSError):
                    ids = re.search(r"^NSpid:(.*)", (task / "status").read_text(), re.MULTILINE)[1].split()
                    if str(told_by) in ids:
                        call = (task / "syscall").read_text().split()
                        waiting.append(len(call) > 4 and int(call[4], 16) == 0)
            if all(waiting):
                return
            time.sleep(0.01)
        raise AssertionError("the witness said that it is ready, and does not come to rest")

    def wait_asleep(self) -> None:
        """Until every thread of it sleeps."""
        self.wait_for("SDTt")

    def wait_stopped(self) -> None:
        """Until SIGSTOP has stopped every thread of it."""
        self.wait_for("T")

    def wait_for(self, wanted: str) -> None:
        for _ in range(6000):
            states = []
            for task in pathlib.Path(f"/proc/{self.pid}/task").iterdir():
                with contextlib.suppress(OSError):
                    states.append((task / "stat").read_text().rsplit(")", 1)[1].split()[0])
            if states and all(state in wanted for state in states):
                return
            time.sleep(0.01)
        raise AssertionError(f"the program does not come to rest: {states}")

    def core(self, sent: int = signal.SIGSEGV) -> pathlib.Path:
        """The core that the kernel writes when the program dies of a signal."""
        os.kill(self.pid, sent)
        self.process.wait(60)
        cores = sorted(self.folder.glob("core*"))
        assert cores, "the kernel wrote no core; /proc/sys/kernel/core_pattern must be `core` or `core.%p`"
        return cores[0]

    def gcore(self) -> pathlib.Path:
        """A core written by gdb."""
        path = self.folder / "gcore"
        run = subprocess.run(["gcore", "-o", path, str(self.pid)], capture_output=True, text=True)
        [core] = self.folder.glob("gcore.*")
        assert core.stat().st_size, run.stderr
        return core


@pytest.fixture
def start():
    """start(interpreter, "program.py", *arguments): a running program; it is killed after the test."""
    started: list[Program] = []

    def start_program(interpreter, name, *arguments, command=None, flags=(), copy=(), env=None, before=None,
                      text=None):
        """`name` below tests/programs; `flags` are the interpreter's. `command` gives another command line, `before`
        changes the folder, `text` goes to the standard input."""
        assert interpreter.missing() is None, interpreter.missing()
        folder = pathlib.Path(tempfile.mkdtemp(prefix="stillframe-", dir=interpreter.scratch))
        for file in [PROGRAMS / "_truth.py", PROGRAMS / name, *copy]:
            shutil.copy(file, folder)
        if before:
            before(folder)
        inside = interpreter.inside(folder)
        line = command(interpreter, inside) if command else [
            interpreter.executable, *flags, f"{inside}/{pathlib.Path(name).name}"]

        def prepare():
            os.setsid()  # so that its children end with it
            signal.signal(signal.SIGQUIT, signal.SIG_DFL)  # a shell's background has it ignored
            resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY,) * 2)
            interpreter.enter(inside)

        since = time.monotonic()
        process = subprocess.Popen(
            [*line, f"{inside}/truth", *map(str, arguments)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, preexec_fn=prepare,
            env={"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1", "LANG": "C.UTF-8", **(env or {})},
        )
        program = Program(interpreter, process, folder, since)
        started.append(program)
        if text is not None:
            process.stdin.write(text)
            process.stdin.close()
        assert select.select([process.stdout], [], [], 60)[0], "the program is not ready after a minute"
        assert process.stdout.readline() == b"ready\n", "the program ended before it was ready"
        program.wait_told()
        return program

    yield start_program
    for program in started:
        with contextlib.suppress(OSError):
            os.kill(program.pid, signal.SIGKILL)
        with contextlib.suppress(OSError):
            os.killpg(program.process.pid, signal.SIGKILL)
        program.process.wait()
        program.process.stdin.close()
        program.process.stdout.close()
        shutil.rmtree(program.folder, ignore_errors=True)
