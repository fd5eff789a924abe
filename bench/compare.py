#!/usr/bin/env python3
"""Stillframe beside PyStack, py-spy and GDB: time, memory and the stop, measured in one run.

    bench/compare.py            the whole comparison, about 7 minutes
    bench/compare.py --quick    two rounds of each, to see that it works

Every round runs every tool once, in another order each time, on the same process or core; what is printed are medians,
with the middle half beside them. The stop is what a thread of the target saw: the longest gap in its clock during which
the kernel says it was stopped (targets/clock_watch.c). As root, the target and the tools run in the real-time class, so
that other work on the machine takes no turns from them. It is a benchmark, not a test: the exit code tells that it ran,
not who was faster.
"""

import argparse
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

from figures import MEGA, MILLI, Series, ratio, scaled, show, show_bounds, total
from subjects import (
    HERE,
    ROOT,
    Subject,
    Tool,
    Workload,
    find_native_tools,
    find_python,
    find_tools,
    find_value_tools,
    make_libraries,
    prepare,
)

SCENARIOS = ("live", "core", "native", "value", "findings", "session", "tasks", "scale")


class Bench:
    def __init__(self, options, folder):
        self.options = options
        self.folder = folder
        self.tools = find_tools(options.stillframe, options.helpers, options.python)
        self.native_tools = find_native_tools(options.stillframe, options.helpers, options.python)
        self.value_tools = find_value_tools(options.stillframe, options.helpers, options.python)
        self.results = {}
        self.bounds = []
        self.random = random.Random(1)

    def subject(self, workload):
        return Subject(self.options.python, self.options.helpers, workload, self.folder)

    def measure(self, command):
        """(wall ns, peak KiB, exit code) of one run."""
        answer = subprocess.run(
            [str(self.options.helpers / "measure"), str(self.folder / "output"), *command],
            capture_output=True,
            text=True,
            check=True,
            timeout=300,
        )
        wall, peak, code = answer.stdout.split()
        return int(wall), int(peak), int(code)

    def rounds(self, title, runs, count, subject=None, idle=False):
        """Runs {name: command} `count` times each, interleaved; returns {name: Series}."""
        series = {name: Series() for name in runs}
        names = list(runs) + (["no look"] if idle else [])
        series.update({"no look": Series()} if idle else {})
        for number in range(count + 1):
            self.random.shuffle(names)
            for name in names:
                self.one(series[name], runs.get(name), subject, warm_up=number == 0)
        self.results[title] = series
        show(title, series)
        return series

    def one(self, series, command, subject, warm_up):
        before = subject.context_switches() if subject else None
        interrupted = subject.board.interrupted if subject else 0
        if subject:
            subject.start_watch()
        if command:
            wall, peak, code = self.measure(command)
        else:
            time.sleep(0.02)
            wall, peak, code = 0, 0, 0
        time.sleep(0.01)  # a stop that ends now is seen by then
        if warm_up:
            return
        if code not in (0, 3):
            series.failures += 1
            series.last_words = complaint(self.folder / "output") or f"exit code {code}"
            return
        if command:
            series.add(wall_ns=wall, peak_kib=peak)
        if subject and subject.workload.busy:
            board = subject.board
            series.add(stop_ns=board.largest_stop_ns, stops=board.stops, total_stop_ns=board.total_stop_ns)
        elif subject:
            series.add(eintr=subject.board.interrupted - interrupted, ran=int(subject.context_switches() != before))

    def bound(self, what, value, limit, unit=""):
        """Notes that `value` should be at most `limit`."""
        if value is not None and limit is not None:
            self.bounds.append((what, value, limit, unit, value <= limit))

    def live(self, workload, count, names=None, tools=None, title="live"):
        with self.subject(workload) as subject:
            runs = {t.name: t.command("live", pid=subject.pid) for t in tools or self.tools if t.live}
            runs = {name: run for name, run in runs.items() if names is None or name in names}
            return self.rounds(f"{title}, {workload}", runs, count, subject, idle=workload.threads < 100)

    def native(self, workload, count, names=None):
        return self.live(workload, count, names, self.native_tools, "live --native")

    def live_scenarios(self):
        busy = self.live(Workload(21, 50, busy=True), self.options.rounds)
        ours, spy, stack = busy["stillframe"], busy["py-spy"], busy["pystack"]
        self.bound("live, 21 threads: wall against py-spy", ratio(ours, spy, "wall_ns"), 1.0, "x")
        self.bound("live, 21 threads: wall against PyStack", ratio(ours, stack, "wall_ns"), 0.1, "x")
        self.bound("live, 21 threads: peak memory", scaled(ours, "peak_kib", MEGA), 12.0, "MB")
        self.bound("live, 21 threads, one busy: stop", scaled(ours, "stop_ns", MILLI), 1.0, "ms")
        self.bound("live, 21 threads, one busy: stop against py-spy", ratio(ours, spy, "stop_ns"), 0.2, "x")

        asleep = self.live(Workload(21, 50), self.options.rounds)
        ours = asleep["stillframe"]
        self.bound("live, 21 threads asleep: wall against py-spy", ratio(ours, asleep["py-spy"], "wall_ns"), 1.0, "x")
        self.bound("live, 21 threads asleep: wall against PyStack", ratio(ours, asleep["pystack"], "wall_ns"), 0.1, "x")
        self.bound("live, 21 threads asleep: system calls interrupted", total(ours, "eintr"), 0)
        self.bound("live, 21 threads asleep: rounds in which one ran", total(ours, "ran"), 0)

        alone = self.live(Workload(1, 50, busy=True), self.options.rounds)
        self.bound("live, one busy thread: wall against py-spy", ratio(alone["stillframe"], alone["py-spy"], "wall_ns"), 0.5, "x")
        self.bound("live, one busy thread: stop against py-spy", ratio(alone["stillframe"], alone["py-spy"], "stop_ns"), 0.5, "x")

    def core(self, ballast, tools, title, values=False):
        """(the core's name, {tool: Series}); nothing where no core came."""
        cores = self.folder / f"cores-{ballast}"
        cores.mkdir()
        with Subject(self.options.python, self.options.helpers, Workload(21, 50, True, ballast, values=values), cores) as subject:
            core = subject.make_core(cores)
        if core is None:
            print("\nno core file came (see /proc/sys/kernel/core_pattern): the core scenarios are left out")
            return None
        executable = os.path.realpath(self.options.python)
        runs = {t.name: t.command("core", core=core, executable=executable) for t in tools if t.core}
        name = f"{title} of {core.stat().st_size / 1e6:,.0f} MB"
        series = self.rounds(f"{name}, 21 threads of 50 frames", runs, self.options.core_rounds)
        shutil.rmtree(cores)
        return name, series

    def core_scenarios(self):
        walls = {}
        for ballast in (0, 1280):
            if (measured := self.core(ballast, self.tools, "core")) is None:
                return
            name, series = measured
            ours = series["stillframe"]
            walls[ballast] = ours.median("wall_ns")
            self.bound(f"{name}: wall against PyStack", ratio(ours, series["pystack"], "wall_ns"), 0.2, "x")
            self.bound(f"{name}: peak memory", scaled(ours, "peak_kib", MEGA), 16.0, "MB")
        if all(walls.values()):
            self.bound("core: the large one against the small one", walls[1280] / walls[0], 1.5, "x")

    def native_scenarios(self):
        """--native beside PyStack's and py-spy's, and a bare stop that copies registers and stacks."""
        for threads in (21, 201):
            busy = self.native(Workload(threads, 50, busy=True), self.options.rounds if threads < 100 else self.options.core_rounds)
            ours, spy, stack, floor = (busy[name] for name in ("stillframe", "py-spy", "pystack", "floor"))
            name = f"--native, {threads} threads"
            self.bound(f"{name}, one busy: stop against the floor", ratio(ours, floor, "stop_ns"), 3.0, "x")
            self.bound(f"{name}, one busy: stop against py-spy", ratio(ours, spy, "stop_ns"), 0.125, "x")
            if threads == 21:
                self.bound(f"{name}, one busy: stop", scaled(ours, "stop_ns", MILLI), 1.5, "ms")
            self.native_bounds(name, ours, spy, stack)

        asleep = self.native(Workload(21, 50), self.options.rounds)
        ours = asleep["stillframe"]
        self.native_bounds("--native, 21 threads asleep", ours, asleep["py-spy"], asleep["pystack"])
        self.bound("--native, 21 threads asleep: system calls interrupted", total(ours, "eintr"), 0)
        self.bound("--native, 21 threads asleep: rounds in which one ran", total(ours, "ran"), 0)
        alone = self.native(Workload(1, 50, busy=True), self.options.rounds)
        self.native_bounds("--native, one busy thread", alone["stillframe"], alone["py-spy"], alone["pystack"])

        if (measured := self.core(1280, self.native_tools, "core --native")) is not None:
            name, series = measured
            ours = series["stillframe"]
            self.bound(f"{name}: wall against PyStack", ratio(ours, series["pystack"], "wall_ns"), 0.25, "x")
            self.bound(f"{name}: peak memory", scaled(ours, "peak_kib", MEGA), 40.0, "MB")
        self.mapped_libraries()

    def native_bounds(self, name, ours, spy, stack):
        self.bound(f"{name}: wall against py-spy", ratio(ours, spy, "wall_ns"), 0.5, "x")
        self.bound(f"{name}: wall against PyStack", ratio(ours, stack, "wall_ns"), 1 / 6, "x")
        self.bound(f"{name}: peak memory", scaled(ours, "peak_kib", MEGA), 40.0, "MB")

    def mapped_libraries(self):
        """What a library costs that is mapped but on no stack."""
        folder = make_libraries(self.folder / "libraries", 20 if self.options.quick else 500)
        walls = []
        for libraries in (None, folder):
            series = self.native(Workload(5, 20, libraries=libraries), self.options.core_rounds)
            walls.append(series["stillframe"].median("wall_ns"))
        if all(walls):
            self.bound("--native, 500 mapped libraries: wall against none", walls[1] / walls[0], 1.5, "x")
            self.bound("--native, 500 mapped libraries: peak memory", scaled(series["stillframe"], "peak_kib", MEGA), 40.0, "MB")

    def value_scenarios(self):
        """--locals beside PyStack's and py-spy's: calls with two arguments, and with eight locals more."""
        for threads, values in ((21, False), (201, False), (21, True), (201, True)):
            count = self.options.rounds if threads < 100 else self.options.core_rounds
            busy = self.live(Workload(threads, 50, busy=True, values=values), count, None, self.value_tools, "live --locals")
            ours, spy = busy["stillframe"], busy["py-spy"]
            name = f"--locals{', eight locals each' if values else ''}, {threads} threads"
            if threads == 21:
                self.bound(f"{name}, one busy: stop", scaled(ours, "stop_ns", MILLI), 10.0, "ms")
                self.wall_without(name, ours, busy["no locals"])
            self.bound(f"{name}, one busy: stop against py-spy", ratio(ours, spy, "stop_ns"), 0.5, "x")
        if (measured := self.core(1280, self.value_tools, "core --locals", values=True)) is not None:
            name, series = measured
            ours = series["stillframe"]
            self.bound(f"{name}: wall against PyStack", ratio(ours, series["pystack"], "wall_ns"), 1 / 3, "x")
            self.wall_without(name, ours, series["no locals"])

    def findings_scenarios(self):
        """What findings cost where there is nothing to find."""
        plain = Workload(21, 50), Workload(21, 50, busy=True)
        # With one more there are so many that only those that run are looked at.
        of_tasks = Workload(2, 20, tasks=63), Workload(2, 20, busy=True, tasks=63)
        for workload in plain + of_tasks:
            with self.subject(workload) as subject:
                self.findings_cost(str(workload), subject.pid, subject)
        for threads in (21, 201):
            command = [self.options.python, HERE / "targets/waiters.py", str(threads)]
            with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, preexec_fn=prepare) as waiters:
                try:
                    waiters.stdout.readline()
                    self.findings_cost(f"{threads} threads that wait for queues and events", waiters.pid)
                finally:
                    waiters.kill()

    def session_scenarios(self):
        """What looking again costs."""
        with self.subject(Workload(21, 50)) as subject:
            command = [str(self.options.helpers / "session"), str(subject.pid), str(max(5, self.options.rounds))]
            answer = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
            first, again = (int(part) for part in answer.stdout.split())
            print(f"  {first / MILLI:.2f} ms the first time, {again / MILLI:.2f} ms again")
            self.bound("session, 21 threads x 50 frames: looking again against the first look", again / first, 0.2, "x")

    def findings_cost(self, name, pid, subject=None):
        helper = str(self.options.helpers / "findings")
        runs = {what: [helper, str(pid), what] for what in ("without", "with")}
        series = self.rounds(f"findings, {name}", runs, self.options.rounds, subject)
        self.bound(f"findings, {name}: wall", ratio(series["with"], series["without"], "wall_ns"), 1.2, "x")
        command = [helper, str(pid), str(max(5, self.options.rounds * 4))]
        answer = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
        without, with_them, stop_without, stop_with = (int(part) for part in answer.stdout.split())
        print(f"  in one program, again and again: {without / MILLI:.2f} ms without, {with_them / MILLI:.2f} ms with"
              f" ({with_them / without:.2f}); stops {stop_without / 1000:.3f} and {stop_with / 1000:.3f} ms")
        if stop_without > 0:
            self.bound(f"findings, {name}: stop", stop_with / stop_without, 1.1, "x")

    def wall_without(self, name, ours, without):
        """At most half as much again as without locals, and 10 ms."""
        wall = scaled(without, "wall_ns", MILLI)
        if wall is not None:
            self.bound(f"{name}: wall against 1.5 x without + 10 ms", scaled(ours, "wall_ns", MILLI), 1.5 * wall + 10, "ms")

    def tasks_scenarios(self):
        """`tasks` beside `dump` of the same process, and beside the interpreter's own pstree where it has one (3.14+)."""
        runs = {"tasks": "tasks {pid}", "tasks --json": "tasks --json {pid}", "dump": "dump {pid}"}
        tools = [Tool(name, live=[str(self.options.stillframe), *line.split()]) for name, line in runs.items()]
        probe = [self.options.python, "-c", "import asyncio.tools"]
        if subprocess.run(probe, capture_output=True, check=False).returncode == 0:
            tools.append(Tool("pstree", live=[str(self.options.python), "-m", "asyncio", "pstree", "{pid}"]))
        for count in (100, 10_000):
            for busy in (False, True):
                series = self.live(Workload(2, 20, busy=busy, tasks=count), self.options.core_rounds, None, tools, "tasks")
                name = f"{count:,} tasks{', a thread busy' if busy else ''}"
                self.bound(f"{name}: wall", scaled(series["tasks"], "wall_ns", MILLI), 1000.0, "ms")
                self.bound(f"{name}: wall of --json", scaled(series["tasks --json"], "wall_ns", MILLI), 1000.0, "ms")
                if busy:
                    self.bound(f"{name}: stop", scaled(series["tasks"], "stop_ns", MILLI), 1.0, "ms")

    def scale_scenarios(self):
        """Time for each frame should not grow with their number."""
        per_frame = {}
        for threads, frames in ((100, 20), (1000, 20), (1, 10_000), (1, 100_000)):
            series = self.live(Workload(threads, frames), self.options.scale_rounds, {"stillframe", "py-spy", "pystack"})
            wall = series["stillframe"].median("wall_ns")
            if wall:
                per_frame[threads, frames] = wall / (threads * frames)
                print(f"  stillframe: {per_frame[threads, frames] / 1000:.2f} µs a frame")
        for small, large, what in (
            ((100, 20), (1000, 20), "1,000 threads: time a frame against 100 threads"),
            ((1, 10_000), (1, 100_000), "100,000 frames: time a frame against 10,000"),
        ):
            if small in per_frame and large in per_frame:
                self.bound(what, per_frame[large] / per_frame[small], 1.2, "x")


def complaint(path):
    """What a tool that failed said, as far as one line tells it."""
    lines = [line.strip() for line in path.read_text(errors="replace").splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower()]
    return (errors or lines[-1:] or [""])[0][:100]


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    build = ROOT / "build/release"
    parser.add_argument("--stillframe", type=pathlib.Path, default=build / "stillframe")
    parser.add_argument("--helpers", type=pathlib.Path, default=build / "bench")
    parser.add_argument("--python", default=find_python(), help="the interpreter that is looked at")
    parser.add_argument("--rounds", type=int, default=25)
    parser.add_argument("--only", choices=SCENARIOS, action="append")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", type=pathlib.Path, help="write every round's figures there")
    options = parser.parse_args()
    options.only = options.only or list(SCENARIOS)
    options.helpers, options.stillframe = options.helpers.resolve(), options.stillframe.resolve()
    options.rounds = 2 if options.quick else options.rounds
    options.core_rounds = 1 if options.quick else max(3, options.rounds // 3)
    options.scale_rounds = 1 if options.quick else max(3, options.rounds // 5)
    return options


def main():
    options = parse()
    for needed in (options.stillframe, options.helpers / "measure"):
        if not needed.exists():
            sys.exit(f"tried:   compare\nstopped: {needed} is missing\ndo:      make bench, which builds it")
    version = subprocess.run([options.python, "-V"], capture_output=True, text=True, check=True).stdout.strip()
    print(f"{version}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}, {options.rounds} rounds")
    with tempfile.TemporaryDirectory(prefix="compare-", dir=ROOT / "build") as folder:
        bench = Bench(options, pathlib.Path(folder))
        for name in options.only:
            getattr(bench, f"{name}_scenarios")()
    show_bounds(bench.bounds)
    if options.json:
        rounds = {title: {n: s.rounds for n, s in series.items()} for title, series in bench.results.items()}
        options.json.write_text(json.dumps(rounds, indent=1))


if __name__ == "__main__":
    main()
