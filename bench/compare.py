#!/usr/bin/env python3
"""Stillframe beside PyStack, py-spy and GDB, in one run: bench/compare.py [--quick] [--rounds N]

The tools take turns, round after round, on the same target; medians are compared, as ratios, with the bounds that
Stillframe sets itself. Times are of whole commands, as a user waits for them; memory is the largest resident set; the
stop is the largest gap in the clock that a thread of the target saw while it was looked at (bench/watch.c), less the
gap it sees in as long a time when nobody looks.
"""

import argparse
import contextlib
import mmap
import os
import pathlib
import resource
import shutil
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
REPOSITORY = HERE.parent
BUILD = REPOSITORY / "build"
STILLFRAME = os.environ.get("STILLFRAME", str(BUILD / "release" / "stillframe"))
TOOLS = BUILD / "bench-venv" / "bin"
PYTHON = os.environ.get("BENCH_PYTHON", str(pathlib.Path(os.environ.get("PYENV_ROOT", pathlib.Path.home() / ".pyenv"))
                                            / "versions/3.12.1/bin/python3.12"))


class Watcher:
    """The target's own view of the clock, in memory shared with it."""

    def __init__(self, folder: pathlib.Path):
        self.library = folder / "watch.so"
        subprocess.run(["gcc", "-O2", "-shared", "-fPIC", "-o", self.library, HERE / "watch.c"], check=True)
        self.file = folder / "watch"
        self.file.write_bytes(bytes(4096))
        with open(self.file, "r+b") as file:
            self.shared = mmap.mmap(file.fileno(), 4096)

    def reset(self) -> None:
        self.shared[:8] = bytes(8)

    @property
    def gap_ms(self) -> float:
        return struct.unpack("Q", self.shared[:8])[0] / 1e6


@contextlib.contextmanager
def target(folder, threads, frames, mode, megabytes=0, watcher=None):
    """A running target; yields its process."""
    extra = [str(watcher.library), str(watcher.file)] if watcher else []
    process = subprocess.Popen(
        [PYTHON, str(HERE / "targets" / "stacks.py"), str(threads), str(frames), mode, str(megabytes), *extra],
        stdout=subprocess.PIPE, cwd=folder,
        # The target has one CPU, whoever looks at it the other one: nobody is measured waiting for a CPU.
        preexec_fn=lambda: (os.sched_setaffinity(0, {0}),
                            resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY,) * 2)))
    try:
        assert process.stdout.readline() == b"ready\n"
        time.sleep(0.5)
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def measure(command) -> tuple[float, float]:
    """(seconds, megabytes) of one run; measured from a small process of its own, since a child begins with the
    memory of its parent."""
    runner = [sys.executable, "-S", "-E", str(HERE / "measure.py"), *map(str, command)]
    run = subprocess.run(runner, capture_output=True, text=True, preexec_fn=lambda: os.sched_setaffinity(0, {1}))
    seconds, kilobytes = run.stdout.split()[-2:]
    return float(seconds), float(kilobytes) / 1024


def rounds(commands, count, watcher=None):
    """{name: {"wall": ms, "memory": MB, "stop": ms}}, medians over so many rounds in which each had its turn."""
    seen = {name: {"wall": [], "memory": [], "stop": []} for name in commands}
    for _ in range(count):
        for name, command in commands.items():
            quiet = 0.0
            if watcher:
                watcher.reset()
                time.sleep(0.02)
                quiet = watcher.gap_ms
                watcher.reset()
            seconds, megabytes = measure(command)
            seen[name]["wall"].append(seconds * 1000)
            seen[name]["memory"].append(megabytes)
            if watcher:
                seen[name]["stop"].append(max(0.0, watcher.gap_ms - quiet))
    return {name: {what: statistics.median(values) if values else None for what, values in kinds.items()}
            for name, kinds in seen.items()}


class Report:
    """Prints tables and bounds, and remembers what was missed."""

    def __init__(self):
        self.missed = []

    def table(self, title, results):
        print(f"\n{title}")
        print(f"  {'':24}{'wall':>12}{'peak memory':>14}{'target stopped':>17}")
        for name, got in results.items():
            stop = f"{got['stop']:.3f} ms" if got["stop"] is not None else "-"
            print(f"  {name:24}{got['wall']:9.2f} ms{got['memory']:11.1f} MB{stop:>17}")

    def bound(self, text, value, limit):
        held = value <= limit
        print(f"  {'held  ' if held else 'MISSED'} {text}: {value:.3f} (at most {limit:g})")
        if not held:
            self.missed.append(text)


def live(report, folder, count):
    watcher = Watcher(folder)
    dump = [STILLFRAME, "dump"]

    def tools(pid):
        return {"stillframe": [*dump, pid], "py-spy": [TOOLS / "py-spy", "dump", "--pid", pid],
                "pystack": [TOOLS / "pystack", "remote", pid]}

    with target(folder, 21, 50, "asleep") as process:
        results = rounds(tools(process.pid), count)
        report.table("live, 21 threads of 50 frames, all asleep", results)
        ours, py_spy, pystack = (results[name] for name in ("stillframe", "py-spy", "pystack"))
        report.bound("wall, of py-spy's", ours["wall"] / py_spy["wall"], 1)
        report.bound("wall, of PyStack's", ours["wall"] / pystack["wall"], 0.1)
        report.bound("peak memory in MB", ours["memory"], 12)
    with target(folder, 21, 50, "watch", watcher=watcher) as process:
        commands = {**tools(process.pid), "floor (no tool can beat it)": [folder / "floor", process.pid]}
        results = rounds(commands, count, watcher)
        report.table("live, 21 threads of 50 frames, one of them busy", results)
        ours, py_spy = results["stillframe"], results["py-spy"]
        report.bound("stop in ms", ours["stop"], 1)
        report.bound("stop, of py-spy's", ours["stop"] / py_spy["stop"], 0.2)
        report.bound("wall, of py-spy's", ours["wall"] / py_spy["wall"], 1)
    with target(folder, 1, 5, "watch", watcher=watcher) as process:
        results = rounds(tools(process.pid), count, watcher)
        report.table("live, one busy thread alone", results)
        ours, py_spy = results["stillframe"], results["py-spy"]
        report.bound("wall, of py-spy's", ours["wall"] / py_spy["wall"], 0.5)
        report.bound("stop, of py-spy's", ours["stop"] / py_spy["stop"], 0.5)


def make_core(folder, name, **options) -> pathlib.Path:
    with target(folder, 21, 50, "asleep", **options) as process:
        process.send_signal(signal.SIGABRT)
        process.wait()
    [core] = [path for path in folder.iterdir() if path.name.startswith("core")]
    return core.rename(folder / name)


def cores(report, folder, count):
    results = {}
    for name, megabytes in (("small", 0), ("large", 1280)):
        core = make_core(folder, f"dead-{name}", megabytes=megabytes)
        core.read_bytes()  # into the page cache, for everybody
        commands = {"stillframe": [STILLFRAME, "core", core], "pystack": [TOOLS / "pystack", "core", core, PYTHON],
                    "gdb py-bt": ["gdb", "-batch", "-nx", "-ex", "thread apply all bt 1", PYTHON, core]}
        if name == "small":
            commands.pop("gdb py-bt")
        results[name] = rounds(commands, max(3, count // 3))
        report.table(f"core of {core.stat().st_size >> 20} MB, 21 threads of 50 frames", results[name])
        core.unlink()
    large = results["large"]
    report.bound("wall, of PyStack's", large["stillframe"]["wall"] / large["pystack"]["wall"], 0.2)
    report.bound("peak memory in MB", large["stillframe"]["memory"], 16)
    report.bound("large core, of the small one", large["stillframe"]["wall"] / results["small"]["stillframe"]["wall"],
                 1.5)


def sizes(report, folder, count):
    print("\ntime against size (wall ms)")
    for what, shapes in (("threads of 20 frames", [(250, 20), (500, 20), (1000, 20)]),
                         ("frames in one thread", [(1, 25_000), (1, 50_000), (1, 100_000)])):
        times = []
        for threads, frames in shapes:
            with target(folder, threads, frames, "asleep") as process:
                result = rounds({"stillframe": [STILLFRAME, "dump", process.pid]}, max(3, count // 3))["stillframe"]
            times.append(result["wall"])
            print(f"  {max(threads, frames):7} {what}: {result['wall']:8.2f} ms, {result['memory']:.1f} MB")
        report.bound(f"{what}: time for 4 times as many, of 4 times the time", times[2] / times[0] / 4, 1.5)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--quick", action="store_true", help="few rounds, no large core")
    options = parser.parse_args()
    count = 3 if options.quick else options.rounds
    folder = pathlib.Path(tempfile.mkdtemp(prefix="stillframe-bench-", dir=os.environ.get("TMPDIR", "/var/tmp")))
    report = Report()
    try:
        subprocess.run(["gcc", "-O2", "-o", folder / "floor", HERE / "floor.c"], check=True)
        live(report, folder, count)
        if not options.quick:
            cores(report, folder, count)
        sizes(report, folder, count)
    finally:
        shutil.rmtree(folder)
    print(f"\n{len(report.missed)} bounds missed" + "".join(f"\n  {text}" for text in report.missed))


if __name__ == "__main__":
    main()
