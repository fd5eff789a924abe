"""Source lines: files in other encodings, with Windows line ends, in archives, from the standard input, gone."""

import zipfile

import pytest

import comparing
import interpreters
from interpreters import PROGRAMS

LATER = [one for one in interpreters.EACH_KIND] + [interpreters.BY_ID["3.6"], interpreters.BY_ID["3.15"]]


def look(running, stillframe):
    running.wait_asleep()
    outcome = stillframe("dump", "--json", running.pid)
    assert outcome.code == 0, outcome.err + str(outcome.still["warnings"])
    comparing.check(outcome.still, running.truth)
    return outcome.still


def functions(still):
    return [frame["function"] for thread in still["threads"] for frame in thread["frames"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "cp1252", "koi8-r", "shift_jis"])
@pytest.mark.parametrize("interpreter", [interpreters.BY_ID["3.8"], interpreters.ONE, interpreters.BY_ID["3.15"]])
def test_encoding(start, stillframe, interpreter, encoding):
    letters = {"koi8-r": "жюя", "shift_jis": "日本語"}.get(encoding)

    def encode(folder):
        text = (PROGRAMS / "letters.py").read_text()
        for old, new in zip("äöüÄÖÜ", 2 * letters if letters else ""):
            text = text.replace(old, new)
        text = text.replace("coding: utf-8", f"coding: {encoding.removesuffix('-sig')}")
        (folder / "letters.py").write_bytes(text.encode(encoding))

    still = look(start(interpreter, "letters.py", before=encode), stillframe)
    [line] = [frame["source"] for thread in still["threads"] for frame in thread["frames"]
              if frame["function"] == "announce"]
    assert f'wait_here(u"{letters or "äöü"}" + text)' in line


@pytest.mark.parametrize("program", ["letters.py", "columns.py"])
@pytest.mark.parametrize("interpreter", LATER)
def test_windows_line_ends(start, stillframe, interpreter, program):
    def convert(folder):
        (folder / program).write_bytes((PROGRAMS / program).read_bytes().replace(b"\n", b"\r\n"))

    still = look(start(interpreter, program, before=convert), stillframe)
    assert not any("\r" in (frame["source"] or "") for thread in still["threads"] for frame in thread["frames"])


@pytest.mark.parametrize("interpreter", LATER)
def test_missing_source(start, stillframe, interpreter):
    still = look(start(interpreter, "missing_source.py"), stillframe)
    [wait] = [frame for thread in still["threads"] for frame in thread["frames"] if frame["function"] == "wait"
              and frame["file"].endswith("gone.py")]
    assert wait["source"] is None
    assert wait["line"] == 5


@pytest.mark.parametrize("interpreter", LATER)
def test_zipped_source(start, stillframe, interpreter):
    def pack(folder):
        with zipfile.ZipFile(folder / "packed.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(PROGRAMS / "generators.py", "__main__.py")
            archive.write(PROGRAMS / "_truth.py", "_truth.py")

    running = start(interpreter, "generators.py", before=pack,
                    command=lambda one, inside: [one.executable, f"{inside}/packed.zip"])
    still = look(running, stillframe)
    assert any(frame["file"].endswith("packed.zip/__main__.py") and frame["source"]
               for thread in still["threads"] for frame in thread["frames"])


@pytest.mark.parametrize("interpreter", LATER)
def test_standard_input(start, stillframe, interpreter):
    running = start(interpreter, "generators.py", command=lambda one, inside: [one.executable, "-"],
                    text=(PROGRAMS / "generators.py").read_bytes())
    running.wait_asleep()
    outcome = stillframe("dump", "--json", running.pid)
    assert outcome.code == 0, outcome.still["warnings"]
    [main] = [thread for thread in outcome.still["threads"] if thread["tid"] == running.pid]
    assert [(frame["file"], frame["line"]) for frame in main["frames"]][:3] == [
        ("<stdin>", 17), ("<stdin>", 12), ("<stdin>", 7)]


@pytest.mark.parametrize("interpreter", LATER)
def test_file_name_that_is_not_ascii(start, stillframe, interpreter):
    name = "größe-工-\N{GRINNING FACE}.py"

    def copy(folder):
        (folder / name).write_bytes((PROGRAMS / "non_ascii_names.py").read_bytes())

    running = start(interpreter, "non_ascii_names.py", before=copy,
                    command=lambda one, inside: [one.executable, f"{inside}/{name}"])
    still = look(running, stillframe)
    assert any(frame["file"].endswith(name) for thread in still["threads"] for frame in thread["frames"])


@pytest.mark.parametrize("interpreter", LATER)
@pytest.mark.parametrize("program", ["raises.py", "context_and_tabs.py", "joins_at_exit.py"])
def test_more_situations(start, stillframe, interpreter, program):
    look(start(interpreter, program), stillframe)


@pytest.mark.parametrize("interpreter", LATER)
def test_exit_handler(start, stillframe, interpreter):
    running = start(interpreter, "exit_handler.py")
    running.wait_asleep()
    outcome = stillframe("dump", "--json", running.pid)
    assert outcome.code == 0, outcome.still["warnings"]
    assert functions(outcome.still)[-2:] == ["last_words", "block"]


@pytest.mark.parametrize("interpreter", [interpreters.BY_ID[name] for name in ("3.11", "3.12", "3.13", "3.14", "3.15")])
def test_expressions_of_several_lines(start, stillframe, interpreter):
    """Shown as that version's own traceback shows them: the first line alone up to 3.12, all that matter since."""
    running = start(interpreter, "expressions_of_several_lines.py")
    running.wait_asleep()
    outcome = stillframe("dump", "--no-fold", running.pid)
    several = 0
    for thread in running.truth["threads"]:
        assert thread["frames"]
        for frame in thread["frames"]:
            assert frame["drawn"] + "\n" in outcome.out
            several += len(frame["drawn"].splitlines()) > 2
    assert (several >= 3) == (interpreter.version >= (3, 13))
    shown = stillframe("dump", "--json", running.pid).still["threads"]
    [frame] = [one for thread in shown for one in thread["frames"] if one["function"] == "added"]
    assert frame["source_lines"] == ["        left", "        + 1"]


def test_sources_of_a_core_come_from_its_root_alone(start, stillframe, tmp_path):
    """Nothing proves a source: one of the same name on this machine may be another one."""
    running = start(interpreters.ONE, "blocked_threads.py")
    running.wait_asleep()
    program, core = running.folder / "blocked_threads.py", running.core()
    root = tmp_path / "root"
    root.mkdir()

    def lines(*options):
        outcome = stillframe("core", "--json", core, *options)
        assert outcome.code == 0, outcome.err + str(outcome.still["warnings"])
        frames = [frame for thread in outcome.still["threads"] for frame in thread["frames"]]
        return ([(frame["line"], frame["source"]) for frame in frames if frame["file"] == str(program)],
                [frame["source"] for frame in frames if frame["file"] != str(program)])

    own, library = lines()
    assert own and all(source for _, source in own) and all(library)
    assert lines("--lib-search-root", root) == ([(line, None) for line, _ in own], [None] * len(library))

    there = root / str(program).lstrip("/")
    there.parent.mkdir(parents=True)
    text = "".join(f"line {number} of the root\n" for number in range(1, 200))
    there.write_text(text)
    expected = [(line, f"line {line} of the root") for line, _ in own]
    assert lines("--lib-search-root", root)[0] == expected

    # A link in the root means a file of the root.
    there.unlink()
    (root / "elsewhere.py").write_text(text)
    there.symlink_to("/elsewhere.py")
    assert lines("--lib-search-root", root)[0] == expected
    outside = tmp_path / "outside.py"
    outside.write_text(text)
    for climbing in (outside, "/" + "../" * 20 + str(outside).lstrip("/")):
        there.unlink()
        there.symlink_to(climbing)
        assert lines("--lib-search-root", root)[0] == [(line, None) for line, _ in own]
