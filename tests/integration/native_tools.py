"""What GDB and eu-stack say of the native stacks of a process or core: {tid: Stack}, innermost frame first."""

import dataclasses
import functools
import json
import os
import pathlib
import re
import subprocess
import tempfile

from interpreters import TESTS

HERE = pathlib.Path(__file__).resolve().parent
INDEX = TESTS.parent / "build" / "native" / "gdb-index"


@dataclasses.dataclass(frozen=True)
class NativeFrame:
    function: str | None
    address: int
    inlined: bool = False
    signal: bool = False  # GDB's <signal handler called>
    file: str | None = None
    line: int | None = None
    library: str | None = None
    own_line: bool = True  # the line is one of the function itself


@dataclasses.dataclass(frozen=True)
class Stack:
    frames: list[NativeFrame]
    end: str | None = None  # why the tool could not go on to the thread's start


def gdb(pid=None, core=None, executable=None, root=None) -> dict[int, Stack]:
    """`root` is the folder that is / for the target."""
    INDEX.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(prefix="gdb-", suffix=".json") as out:
        # Past main and past the entry point, because a stack goes on to where the thread began.
        settings = ["set auto-load no", "set debuginfod enabled off", "set backtrace past-main on",
                    "set backtrace past-entry on", "set confirm off", "set width 0",
                    f"set index-cache directory {INDEX}", "set index-cache enabled on"]
        if root:
            settings.append(f"set sysroot {root}")
        command = ["gdb", "-nx", "-batch", *(f"-iex={setting}" for setting in settings)]
        if executable:
            command.append(str(executable))
        command += ["-p", str(pid)] if pid else ["-core", str(core)]
        run = subprocess.run([*command, "-x", HERE / "native_gdb.py"], capture_output=True, text=True, timeout=120,
                             stdin=subprocess.DEVNULL, env={**os.environ, "NATIVE_GDB_OUT": out.name, "LC_ALL": "C.UTF-8"})
        text = pathlib.Path(out.name).read_text()
    assert text, f"GDB said nothing of the stacks: {run.stdout}{run.stderr}"
    return {int(tid): Stack([NativeFrame(**frame) for frame in stack["frames"]], stack["end"])
            for tid, stack in json.loads(text).items()}


def gdb_of(running) -> dict[int, Stack]:
    """Of a program of the fixture `start`, which must be at rest."""
    interpreter = running.interpreter
    if interpreter.root is None:
        return gdb(pid=running.pid)
    # Without the executable GDB finds its name below its own /, not below the program's.
    return gdb(pid=running.pid, executable=interpreter.outside(interpreter.executable).resolve(), root=interpreter.root)


EU_THREAD = re.compile(r"^TID (\d+):")
EU_FRAME = re.compile(r"^#\d+\s+(0x[0-9a-f]+)(?: - \d)?(?:\s+(.*))?$")
EU_LINE = re.compile(r"^    (\S[^:]*):(\d+)(?::\d+)?$")


def eu_stack(pid=None, core=None, executable=None) -> dict[int, Stack]:
    command = ["eu-stack", "-n", "0", "-s"]
    if executable:
        command += ["-e", str(executable)]
    command += ["-p", str(pid)] if pid else ["--core", str(core)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert run.returncode in (0, 1), run.stderr
    return parse_eu_stack(run.stdout, run.stderr)


def parse_eu_stack(out: str, err: str = "") -> dict[int, Stack]:
    """`out` lists the threads; a complaint of `err` about a thread (tid N) means that its stack has no end."""
    ends = dict(re.findall(r"tid (\d+)\b.*?: (.*)", err))
    threads: dict[int, list] = {}
    frames = []
    for line in out.splitlines():
        if thread := EU_THREAD.match(line):
            frames = threads.setdefault(int(thread[1]), [])
        elif frame := EU_FRAME.match(line):
            frames.append(NativeFrame(frame[2] or None, int(frame[1], 16)))
        elif (source := EU_LINE.match(line)) and frames:
            frames[-1] = dataclasses.replace(frames[-1], file=source[1], line=int(source[2]))
    return {tid: Stack(frames, ends.get(str(tid))) for tid, frames in threads.items()}


@functools.lru_cache(None)
def lines_at(pid: int, address: int) -> list[int]:
    """The lines that elfutils finds for an address of a process: the innermost inlined call's first. Kept, so that the same
    question can be answered of its core."""
    run = subprocess.run(["eu-addr2line", "-i", "-p", str(pid), hex(address)], capture_output=True, text=True, timeout=120)
    return [int(line) for line in re.findall(r":(\d+)(?::\d+)?(?: |$)", run.stdout, re.MULTILINE)]
