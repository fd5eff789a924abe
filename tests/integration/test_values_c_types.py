"""Objects of types that are implemented in C, against what the program itself says of them."""

import re

import pytest

import interpreters
import native_builds

CASES = [pytest.param(one, id=one.id) for one in interpreters.VERSIONS]
OPTIONS = ["--json", "--locals", "--locals-depth", 1, "--max-items", 100_000, "--max-string", 100_000]


def values(still: dict, name: str = "values") -> list[dict]:
    [thread] = still["threads"]
    [found] = [one for frame in thread["frames"] for one in frame["locals"] if one["name"] == name]
    return found["children"]


def file_state(fd):
    return " closed" if fd is None or fd < 0 else f" fd={fd}"


def expected(known: dict, version: tuple) -> set[str]:
    """What may stand there: repr(), or what Stillframe adds to it."""
    text, kind = known["repr"], known["type"]
    if kind.startswith("_io.") and "state" in known:
        # Before 3.12 what was only ever appended is a list of texts, which is not looked into.
        return {known["state"]} | ({re.split(" u?['\"]", known["state"])[0] + ">"} if kind == "_io.StringIO" and version < (3, 12) else set())
    if kind.startswith("_io."):
        return {text if "[closed]" in text else text[:-1] + file_state(known["fd"]) + ">"}
    if kind.endswith("epoll"):
        return {file_state(known["fd"])[1:]}
    if "timeout" in known:
        text = re.sub(r", [lr]addr=(\(.*?\)|'[^']*'|[^,>]*)(?=[,>])", "", text)
        fd = -1 if known["fd"] is None else known["fd"]
        timeout = known["timeout"] if fd >= 0 else None
        return {text[:-1] + ("" if timeout is None else f", timeout={timeout!r}") + ">"}
    if kind.endswith("Context") and version < (3, 3):
        return {"Context"}
    if "match" in known:
        return {known["match"]}
    if "struct" in known:
        return {known["struct"]}
    if "pattern" in known and version < (3, 0):
        names = [name for bit, name in ((2, "IGNORECASE"), (8, "MULTILINE"), (16, "DOTALL"), (64, "VERBOSE")) if known["flags"] & bit]
        return {f"re.compile({known['pattern']}" + (", " if names else "") + "|".join("re." + name for name in names) + ")"}
    if "mmap" in known and version < (3, 9):
        return {"closed=True" if known["mmap"] == "closed" else f"length={known['mmap'][0]}, pos={known['mmap'][1]}, "}
    return {text}


def check(shown: list[dict], truth: list[dict], version: tuple) -> None:
    assert len(shown) == len(truth)
    wrong = []
    for one, known in zip(shown, truth):
        text = one["value"]
        whole = "state" not in known and not known["type"].endswith("epoll") and not (
            "mmap" in known and version < (3, 9)) and not (known["type"].endswith("Context") and version < (3, 3))
        fine = text in expected(known, version) if whole else any(part in text for part in expected(known, version))
        if not fine:
            wrong.append((text, expected(known, version)))
    firsts = {re.split(r"[(\s]", text)[0]: (text, *allowed) for text, allowed in reversed(wrong)}
    assert not wrong, "\n".join([f"{len(wrong)} are wrong, such as", *map(str, firsts.values())])


@pytest.mark.parametrize("interpreter", CASES)
def test_c_types(start, stillframe, interpreter):
    running = start(interpreter, "values/c_types.py", 100,
                    command=lambda one, inside: [one.executable, f"{inside}/c_types.py"])
    running.wait_asleep()
    outcome = stillframe("dump", *OPTIONS, running.pid)
    check(values(outcome.still), running.truth["values"], interpreter.version)


NUMPY = {"3.8": "numpy-requirements-3.8.txt", "3.11": "numpy-requirements-3.11.txt", "3.12": "native-requirements.txt"}


@pytest.mark.timeout(300)  # the first one installs
@pytest.mark.parametrize("version", NUMPY)
def test_numpy(start, stillframe, version):
    interpreter = native_builds.packages(version, NUMPY[version])
    running = start(interpreter, "values/numpy_values.py", env={"OPENBLAS_NUM_THREADS": "1"},
                    command=lambda one, inside: [one.executable, f"{inside}/numpy_values.py"])
    running.wait_asleep()
    shown = values(stillframe("dump", *OPTIONS, running.pid).still)
    truth = running.truth["values"]
    assert len(shown) == len(truth)
    wrong = [(one["value"], known) for one, known in zip(shown, truth) if one["value"] != known]
    assert not wrong, "\n".join([f"{len(wrong)} are wrong, such as", *map(str, wrong[:10])])
    [thread] = stillframe("dump", "--json", "--locals", "--max-items", 3, running.pid).still["threads"]
    [large] = [one for frame in thread["frames"] for one in frame["locals"] if one["name"] == "large"]
    assert large["value"] == ("array([[0, 1, 2, … 997 more], [1000, 1001, 1002, … 997 more], [2000, 2001, 2002, … 997 more], "
                              "… 997 more]) shape=(1000, 1000) dtype=int64")
