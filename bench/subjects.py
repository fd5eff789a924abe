"""Programs to look at, the core files they leave, and the tools that look at them."""

import contextlib
import ctypes
import mmap
import os
import pathlib
import resource
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass, field

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
FIELDS = (
    "reset_wanted",
    "reset_done",
    "ticks",
    "largest_stop_ns",
    "total_stop_ns",
    "stops",
    "largest_gap_ns",
    "asleep",
    "interrupted",
)


class Board(ctypes.Structure):
    """struct ClockWatch of targets/clock_watch.h."""

    _fields_ = [(name, ctypes.c_uint64) for name in FIELDS]


@dataclass
class Workload:
    threads: int
    frames: int
    busy: bool = False
    ballast_mb: int = 0
    libraries: pathlib.Path | None = None  # a folder of shared libraries that the target loads
    values: bool = False  # each call has eight locals of its own
    tasks: int = 0  # of asyncio, in one more thread

    def __str__(self):
        threads = "1 thread" if self.threads == 1 else f"{self.threads:,} threads"
        loaded = f", {len(list(self.libraries.iterdir()))} libraries" if self.libraries else ""
        loaded += ", eight locals each" if self.values else ""
        loaded += f", {self.tasks:,} tasks" if self.tasks else ""
        return f"{threads} of {self.frames:,} frames, {'one busy' if self.busy else 'all asleep'}{loaded}"


class Subject:
    """A running workload; a context manager that ends it."""

    def __init__(self, python, helpers, workload, folder):
        self.workload = workload
        path = folder / f"board.{time.monotonic_ns()}"
        path.write_bytes(bytes(mmap.PAGESIZE))
        with open(path, "r+b") as file:
            self._mapped = mmap.mmap(file.fileno(), mmap.PAGESIZE)
        self.board = Board.from_buffer(self._mapped)
        command = [python, HERE / "targets/workload.py", helpers / "clock_watch.so", path]
        command += ["--threads", workload.threads, "--frames", workload.frames, "--ballast-mb", workload.ballast_mb]
        command += ["--busy"] if workload.busy else []
        command += ["--values"] if workload.values else []
        command += ["--tasks", workload.tasks] if workload.tasks else []
        command += ["--libraries", workload.libraries] if workload.libraries else []
        self.process = subprocess.Popen(
            [str(part) for part in command], cwd=folder, start_new_session=True, preexec_fn=prepare
        )
        self.pid = self.process.pid
        self._wait_until_ready()

    def _wait_until_ready(self):
        asleep = self.workload.threads - (1 if self.workload.busy else 0)
        deadline = time.monotonic() + 120
        while self.board.asleep < asleep or (self.workload.busy and self.board.ticks < 1000):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"the workload ({self.workload}) did not start")
            time.sleep(0.02)
        time.sleep(0.2)

    def __enter__(self):
        return self

    def __exit__(self, *problem):
        self.process.kill()
        self.process.wait()

    def start_watch(self):
        """Starts the figures of the clock watch again; returns when the target has done so."""
        if self.workload.busy:
            self.board.reset_wanted += 1
            while self.board.reset_done != self.board.reset_wanted:
                time.sleep(0.001)

    def context_switches(self):
        """How often each thread gave up its processor: the same before and after means that none ran."""
        switches = {}
        for task in pathlib.Path(f"/proc/{self.pid}/task").iterdir():
            lines = (task / "status").read_text().splitlines()
            switches[task.name] = [line for line in lines if "ctxt_switches" in line]
        return switches

    def make_core(self, folder):
        """Kills the process so that the kernel writes a core; returns its path, or None where none comes."""
        self.process.send_signal(signal.SIGABRT)
        self.process.wait()
        found = [path for path in folder.glob("core*") if path.is_file()]
        return found[0].rename(folder / f"{self.workload.ballast_mb}mb.core") if found else None


def prepare():
    with contextlib.suppress(OSError):
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))  # as measure.cpp does for the tools
    resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


@dataclass
class Tool:
    name: str
    live: list = field(default_factory=list)  # the command; {pid}, {core} and {executable} are filled in
    core: list = field(default_factory=list)

    def command(self, kind, **values):
        return [part.format(**values) for part in (self.live if kind == "live" else self.core)]


def make_venv(python):
    """PyStack and py-spy from PyPI, in an environment of their own."""
    venv = ROOT / "build/bench-venv"
    if not (venv / "bin/py-spy").exists() or not (venv / "bin/pystack").exists():
        subprocess.run([python, "-m", "venv", "--clear", venv], check=True)
        subprocess.run([venv / "bin/pip", "-q", "install", "pystack==1.7.2", "py-spy==0.4.3"], check=True)
    return venv


def find_tools(stillframe, helpers, python):
    venv = make_venv(python)
    tools = [
        Tool("stillframe", [str(stillframe), "dump", "{pid}"], [str(stillframe), "core", "{core}", "{executable}"]),
        Tool(
            "pystack",
            [str(venv / "bin/pystack"), "--no-color", "remote", "{pid}"],
            [str(venv / "bin/pystack"), "--no-color", "core", "{core}", "{executable}"],
        ),
        Tool(
            "py-spy",
            [str(venv / "bin/py-spy"), "dump", "--pid", "{pid}"],
            [str(venv / "bin/py-spy"), "dump", "--core", "{core}"],
        ),
        Tool("floor", [str(helpers / "floor"), "{pid}"]),
    ]
    script = next(iter(sorted(pathlib.Path(python).resolve().parent.glob("python3*-gdb.py"))), None)
    if shutil.which("gdb") and script:
        tools.append(
            Tool(
                "gdb py-bt",
                core=["gdb", "-nx", "-batch", "-ex", f"source {script}", "{executable}", "{core}"]
                + ["-ex", "thread apply all py-bt"],
            )
        )
    return tools


def find_native_tools(stillframe, helpers, python):
    """The same with native frames; GDB's own backtrace beside them."""
    venv = make_venv(python)
    pystack = [str(venv / "bin/pystack"), "--no-color"]
    tools = [
        Tool(
            "stillframe",
            [str(stillframe), "dump", "--native", "{pid}"],
            [str(stillframe), "core", "--native", "{core}", "{executable}"],
        ),
        Tool(
            "pystack",
            [*pystack, "remote", "--native", "{pid}"],
            [*pystack, "core", "--native", "{core}", "{executable}"],
        ),
        Tool("py-spy", [str(venv / "bin/py-spy"), "dump", "--native", "--pid", "{pid}"]),
        Tool("floor", [str(helpers / "floor"), "{pid}"]),
    ]
    if shutil.which("gdb"):
        gdb = ["gdb", "-nx", "-batch", "-iex", "set auto-load no", "-iex", "set debuginfod enabled off"]
        show = ["-ex", "thread apply all bt"]
        tools.append(Tool("gdb bt", [*gdb, "-p", "{pid}", *show], [*gdb, "{executable}", "{core}", *show]))
    return tools


def find_value_tools(stillframe, helpers, python):
    """The same with arguments and locals; Stillframe without them beside them."""
    venv = make_venv(python)
    pystack = [str(venv / "bin/pystack"), "--no-color"]
    show = [str(stillframe), "dump", "{pid}"]
    tools = [
        Tool("stillframe", [*show, "--locals"], [str(stillframe), "core", "--locals", "{core}", "{executable}"]),
        Tool("no locals", show, [str(stillframe), "core", "{core}", "{executable}"]),
        Tool(
            "pystack",
            [*pystack, "remote", "--locals", "{pid}"],
            [*pystack, "core", "--locals", "{core}", "{executable}"],
        ),
        Tool("py-spy", [str(venv / "bin/py-spy"), "dump", "--locals", "--pid", "{pid}"]),
        Tool("floor", [str(helpers / "floor"), "{pid}"]),
    ]
    script = next(iter(sorted(pathlib.Path(python).resolve().parent.glob("python3*-gdb.py"))), None)
    if shutil.which("gdb") and script:
        gdb = ["gdb", "-nx", "-batch", "-ex", f"source {script}", "{executable}", "{core}"]
        tools.append(Tool("gdb py-bt-full", core=[*gdb, "-ex", "thread apply all py-bt-full"]))
    return tools


def make_libraries(folder, count):
    """`count` shared libraries with debug information, each with a build-id of its own, as different files would have."""
    model = folder.parent / "model.so"
    subprocess.run(
        ["g++", "-shared", "-fPIC", "-g", "-O1", "-Wl,--build-id", "-o", model, HERE / "targets/library.cpp"], check=True
    )
    note = subprocess.run(["readelf", "-n", model], capture_output=True, text=True, check=True).stdout
    build_id = bytes.fromhex(note.split("Build ID:")[1].split()[0])
    content = model.read_bytes()
    folder.mkdir()
    for number in range(count):
        own = number.to_bytes(4, "little") + build_id[4:]
        (folder / f"library_{number}.so").write_bytes(content.replace(build_id, own))
    return folder


def find_python():
    """CPython 3.12, which the figures of this benchmark are about, else whatever python3 is."""
    for path in sorted(pathlib.Path.home().glob(".pyenv/versions/3.12.*/bin/python3.12")):
        return str(path)
    return os.path.realpath(shutil.which("python3.12") or shutil.which("python3"))
