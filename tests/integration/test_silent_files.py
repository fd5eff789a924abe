"""Files of programs on a file system whose server does not answer any more: who opens one sleeps for good, and no signal
wakes him. Stillframe comes back all the same, and says what it has left alone."""

import pathlib

import pytest

import native_builds
from interpreters import BY_ID, PROGRAMS

ONE = BY_ID["3.12"]


def begin(start, what):
    library = [native_builds.library("static_table.cpp")] if what == "library" else []
    return start(ONE, "script_on_silent_server.py", what, copy=[PROGRAMS / "silent_file_system.py", *library])


def innermost(still) -> list[dict]:
    [thread] = [one for one in still["threads"] if one["name"] == "MainThread"]
    return [frame for frame in thread["frames"] if frame["kind"] == "python"]


@pytest.mark.parametrize("what", ["script", "folder", "link", "library"])
@pytest.mark.parametrize("options", [["why"], ["dump", "--native-all"]], ids=lambda options: options[0])
def test_comes_back(start, stillframe, as_root, what, options):
    program = begin(start, what)
    outcome = stillframe(*options, "--json", program.pid)
    assert outcome.code in (0, 3), outcome.err
    functions = [frame["function"] for frame in innermost(outcome.still)]
    assert "rest" in functions
    place = program.folder / ("link" if what == "link" else "far")
    [warning] = [one for one in outcome.still["warnings"] if "did not answer" in one]
    assert str(place) in warning
    assert what == "link" or "(fuse silent)" in warning


def test_source_of_other_files_is_shown(start, stillframe, as_root):
    program = begin(start, "script")
    frames = innermost(stillframe("dump", "--json", program.pid).still)
    sources = {frame["function"]: frame["source"] for frame in frames}
    assert sources["<module>"].startswith("call(callback)")
    assert sources["rest"] is None


def waiting_helpers() -> set[int]:
    """Helpers of Stillframe that wait for a server."""
    found = set()
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if (folder / "comm").read_text().startswith("sfwait ") and "State:\tD" in (folder / "status").read_text():
                found.add(int(folder.name))
        except OSError:
            continue  # it has ended
    return found


@pytest.mark.parametrize("what", ["script", "link"])
def test_leaves_no_second_helper_behind(start, stillframe, as_root, what):
    earlier = waiting_helpers()
    program = begin(start, what)
    first = stillframe("dump", "--json", program.pid)
    left = waiting_helpers() - earlier
    again = stillframe("dump", "--json", program.pid)
    assert waiting_helpers() - earlier <= left, "one that waits already is enough"
    for outcome in (first, again):
        assert any("did not answer" in one for one in outcome.still["warnings"])
