"""The incident book (incident_book.py): what Stillframe says first of programs in trouble, and nothing of healthy ones."""

import contextlib
import pathlib
import re
import signal
import time

import pytest

import incident_book
import native_builds
import task_packages
from conftest import Program
from incident_book import Incident
from interpreters import BY_ID, PROGRAMS, root_of

VERSIONS = [BY_ID[name] for name in ("3.8", "3.11", "3.12", "3.13", "3.14")]
UNROOTED = {"3.14": BY_ID["3.14-tailcall"]}
# A core of a program that could be looked at alive is the same; these are the ways in which CPython keeps frames and locks.
CORES = [BY_ID[name] for name in ("3.8", "3.12", "3.14")]
FREE_THREADED = [BY_ID[name] for name in ("3.13t", "3.14t")]


def family(pid: int) -> list[int]:
    """A process and all that descend from it."""
    found = [pid]
    for known in found:
        for task in pathlib.Path(f"/proc/{known}/task").glob("*/children"):
            with contextlib.suppress(OSError):
                found += map(int, task.read_text().split())
    return found


def states_and_runs(pid: int) -> dict[str, tuple[str, str]]:
    """Of each thread of the family its state, and how often it got a processor."""
    threads = {}
    for process in family(pid):
        for task in pathlib.Path(f"/proc/{process}/task").glob("*"):
            with contextlib.suppress(OSError):
                state = (task / "stat").read_text().rsplit(")", 1)[1].split()[0]
                threads[task.name] = (state, (task / "schedstat").read_text().split()[2])
    return threads


def wait_at_rest(program: Program) -> None:
    """Until all its threads and children sleep (be it for a disk), are stopped or dead, and have not run between three looks."""
    equal, before = 0, None
    for _ in range(1200):
        now = states_and_runs(program.pid)
        at_rest = now == before and all(state in "STZD" for state, _ in now.values())
        equal, before = equal + 1 if at_rest else 0, now
        if equal == 2:
            return
        time.sleep(0.05)
    raise AssertionError(f"it does not come to rest: {now}")


def begin(start, incident: Incident, interpreter) -> Program:
    packages = task_packages.options_for(interpreter) if "packages" in incident.headers else {}
    copy = [PROGRAMS / incident.headers["beside"]] if "beside" in incident.headers else []
    if "library" in incident.headers:
        copy.append(native_builds.library(incident.headers["library"]))
    program = start(interpreter, incident.path, copy=copy, command=lambda one, inside: [
        one.executable, f"{inside}/{incident.path.name}"], **packages)
    if not incident.has("live"):
        program.process.wait(60)
    elif "runs" not in incident.headers and "watch" not in incident.headers:
        wait_at_rest(program)
    return program


def core_of(program: Program, incident: Incident) -> pathlib.Path:
    """As a watchdog ends a program that does not answer; or the one that it has left behind itself."""
    if incident.has("live"):
        return program.core(signal.SIGABRT)
    [core] = program.folder.glob("core*")
    return core


def is_whole(outcome) -> bool:
    """As much of it as can be read: a thread that waits for a page of memory has no registers to be had, and so no
    native stack."""
    return outcome.code == 0 or outcome.code == 3 and any(
        thread["native_end"] for thread in outcome.still["threads"] if thread["os_state"] == "uninterruptible")


def findings_of(outcome, incident: Incident) -> list[dict]:
    """Without that somebody ended the program, where the test itself did."""
    assert outcome.code in (0, 3), outcome.err
    assert is_whole(outcome) or outcome.still["source"]["kind"] == "core", outcome.still["warnings"]
    return [one for one in outcome.still["findings"] if one["id"] != "killed-by" or not incident.has("live")]


def check(outcome, program: Program, incident: Incident) -> None:
    findings = findings_of(outcome, incident)
    file = f"{program.interpreter.inside(program.folder)}/{incident.path.name}"
    assert incident.expected, "the docstring says nothing of what is expected"
    assert len(findings) >= len(incident.expected), findings or outcome.still
    for finding, expected in zip(findings, incident.expected, strict=False):
        assert (finding["severity"], finding["id"]) == (expected.severity, expected.id), findings
        assert re.fullmatch(incident.pattern(expected, file), finding["title"]), finding
        assert finding["evidence"], finding
        assert bool(finding["detail"]) == (finding["severity"] == "likely"), finding
    for finding in findings[len(incident.expected):]:
        assert finding["severity"] == "note" or finding["id"] in incident.also, finding


def check_nothing(outcome, incident: Incident) -> None:
    assert not [one for one in findings_of(outcome, incident) if one["severity"] != "note"], outcome.still["findings"]


def cases(book, versions, header):
    """Where a root is too bare for a program, the build of the same version that sees the machine's own takes over."""
    return [pytest.param(incident, interpreter if incident.has_its_place(interpreter.root) else UNROOTED[interpreter.id],
                         id=f"{incident.name}-{interpreter.id}")
            for incident in book for interpreter in (FREE_THREADED if "builds" in incident.headers else versions)
            if incident.has(header) and incident.can_run(interpreter.version)]


def target_of(program: Program, incident: Incident) -> int:
    return family(program.pid)[1] if incident.headers.get("look") == "child" else program.pid


def look(incident: Incident) -> list:
    return ["why", *(["--watch", incident.headers["watch"]] if "watch" in incident.headers else [])]


def moves(incident: Incident) -> bool:
    return "watch" in incident.headers or "runs" in incident.headers


def first_look(pid: int, incident: Incident, stillframe):
    """What never comes to rest may be met before it is in trouble, or at a moment when one of its threads is awake."""
    for _ in range(100 if moves(incident) else 1):
        outcome = stillframe(*look(incident), "--json", pid)
        if is_whole(outcome) and [one["id"] for one in outcome.still["findings"]][:1] == [incident.expected[0].id]:
            break
        time.sleep(0.05)
    return outcome


@pytest.mark.parametrize(("incident", "interpreter"), cases(incident_book.incidents(), VERSIONS, "live"))
def test_incident(start, stillframe, incident, interpreter):
    program = begin(start, incident, interpreter)
    pid = target_of(program, incident)
    outcome = first_look(pid, incident, stillframe)
    check(outcome, program, incident)
    if interpreter is VERSIONS[0] and not moves(incident):
        first = outcome.still["findings"][0]
        assert f"\n{first['severity']}: {first['title']}\n" in stillframe("why", pid).out
        if incident.has("dump"):
            assert f"\n{first['severity']}: {first['title']}\n" in stillframe("dump", "--native-all", pid).out


def cores():
    """Those that leave a core by themselves are looked at on every version: there is nothing else to look at."""
    deaths = [incident for incident in incident_book.incidents() if not incident.has("live")]
    others = [incident for incident in incident_book.incidents() if incident.has("live")]
    return cases(deaths, VERSIONS, "core") + cases(others, CORES, "core")


@pytest.mark.parametrize(("incident", "interpreter"), cores())
def test_core(start, stillframe, incident, interpreter):
    program = begin(start, incident, interpreter)
    if moves(incident):
        first_look(program.pid, incident, stillframe)  # until it is in trouble
    core = core_of(program, incident)
    check(stillframe("why", "--json", core, *root_of(interpreter)), program, incident)


@pytest.mark.parametrize(("incident", "interpreter"), cases(incident_book.healthy(), VERSIONS, "live"))
def test_healthy(start, stillframe, incident, interpreter):
    program = begin(start, incident, interpreter)
    check_nothing(stillframe(*look(incident), "--json", target_of(program, incident)), incident)


@pytest.mark.parametrize(("incident", "interpreter"), cases(incident_book.healthy(), [BY_ID["3.12"]], "core"))
def test_healthy_core(start, stillframe, incident, interpreter):
    program = begin(start, incident, interpreter)
    core = core_of(program, incident)
    check_nothing(stillframe("why", "--json", core, *root_of(interpreter)), incident)


def test_the_book_itself():
    """What the docstrings say is understood: no line that looks like a header or a finding and is none."""
    for incident in incident_book.incidents() + incident_book.healthy():
        assert incident.healthy != bool(incident.expected), incident.path
        assert re.match(r"\S.*\.$", incident.lines[0]), f"{incident.path}: its first line is no sentence"
        for line in incident.lines:
            word = line.split(":")[0].split(" ")[0]
            if word in incident_book.SEVERITIES:
                assert any(line == f"{one.severity} {one.id}: {one.title}" for one in incident.expected), line
        for expected in incident.expected:
            incident.pattern(expected, "/x.py")
