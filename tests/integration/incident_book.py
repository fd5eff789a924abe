"""The incident book: tests/incidents/NAME.py are programs in one real kind of trouble each, tests/incidents/healthy/NAME.py
programs that look alike and are well.

The docstring of an incident says below its description what Stillframe must print first:

    likely lock-cycle: Deadlock: threads {tid} "ab" ({file}:{line:HERE} in first) and {any}

that is severity, id and title of the first findings, in this order. {tid} and {pid} match any number, {file} is the
program itself, {line:TAG} the line of it that ends in `# TAG`, {any} matches anything. An indented line goes on with the
one before. It can also have headers, one on a line:

    needs: 3.9      from which version on there is this trouble
    until: 3.11     up to which version
    live: no        only the core that the program leaves behind when it dies by itself is looked at
    dump: no        only `why` tells it, which reads all tasks
    core: no        what is wrong is not in a core, or not yet visible there
    watch: 1        is looked at with `--watch 1`, while it runs
    runs: yes       it never comes to rest
    look: child     its first child is what is looked at
    packages: trio  is given what tests/task-packages-*.txt name
    builds: free    looked at on builds without a GIL, and on no others
    library: x.cpp  this one of tests/programs/native/libraries is beside it, compiled: libx.so
    beside: x.py    this one of tests/programs is beside it
    also: id,id     further findings that are true of it; all others must be notes
    uses: /dev/shm  a folder that it cannot do without, and that a private root of an interpreter may lack

Every program prints "ready" when nothing but its last steps are left, and has no timed ones: it is looked at once all of
its threads and children sleep and do not run any more.
"""

import ast
import dataclasses
import functools
import pathlib
import re

from interpreters import TESTS

FOLDER = TESTS / "incidents"
SEVERITIES = ("certain", "likely", "note")
HEADERS = ("needs", "until", "live", "core", "watch", "runs", "uses", "look", "dump", "packages", "builds", "library",
           "beside", "also")
# What stands for something else in an expected title.
PLACEHOLDER = re.compile(r"\{(tid|pid|file|any|line:\w+)\}")


@dataclasses.dataclass(frozen=True)
class Expected:
    """One finding as the docstring has it."""

    severity: str
    id: str
    title: str


@dataclasses.dataclass(frozen=True)
class Incident:
    path: pathlib.Path

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def healthy(self) -> bool:
        return self.path.parent.name == "healthy"

    @functools.cached_property
    def lines(self) -> list[str]:
        """The docstring, with indented lines put behind those that they go on with."""
        lines: list[str] = []
        for line in (ast.get_docstring(ast.parse(self.path.read_text())) or "").splitlines():
            if line.startswith(" ") and lines:
                lines[-1] += " " + line.strip()
            else:
                lines.append(line)
        return lines

    @functools.cached_property
    def headers(self) -> dict[str, str]:
        found = (re.fullmatch(r"(\w+): (\S+)", line) for line in self.lines)
        return {match[1]: match[2] for match in found if match and match[1] in HEADERS}

    @functools.cached_property
    def expected(self) -> list[Expected]:
        found = (re.fullmatch(rf"({'|'.join(SEVERITIES)}) ([a-z0-9-]+): (.+)", line) for line in self.lines)
        return [Expected(*match.groups()) for match in found if match]

    def can_run(self, version: tuple[int, int]) -> bool:
        def limit(name, otherwise):
            return tuple(map(int, self.headers.get(name, otherwise).split(".")))

        return limit("needs", "3.0") <= version <= limit("until", "3.99")

    @property
    def also(self) -> list[str]:
        return self.headers.get("also", "").split(",")

    def has_its_place(self, root: pathlib.Path | None) -> bool:
        """Whether an interpreter whose / is that folder has what it uses."""
        return root is None or "uses" not in self.headers or (root / self.headers["uses"].lstrip("/")).exists()

    def has(self, header: str) -> bool:
        """Whether it is looked at so: live, as a core. Cores show no time."""
        return self.headers.get(header, "yes") != "no" and (header != "core" or "watch" not in self.headers)

    def line_of(self, tag: str) -> int:
        [line] = [i for i, text in enumerate(self.path.read_text().splitlines(), 1) if text.endswith(f"# {tag}")]
        return line

    def pattern(self, expected: Expected, file: str) -> str:
        """The regular expression of a title, in a program that calls itself `file`."""
        def placeholder(what: str) -> str:
            if what.startswith("line:"):
                return str(self.line_of(what.removeprefix("line:")))
            return {"tid": "[0-9]+", "pid": "[0-9]+", "file": re.escape(file), "any": ".*"}[what]

        parts = PLACEHOLDER.split(expected.title)
        return "".join(placeholder(part) if i % 2 else re.escape(part) for i, part in enumerate(parts))


def incidents() -> list[Incident]:
    return [Incident(path) for path in sorted(FOLDER.glob("*.py"))]


def healthy() -> list[Incident]:
    return [Incident(path) for path in sorted(FOLDER.glob("healthy/*.py"))]
