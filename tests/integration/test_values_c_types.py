"""Objects of types that are implemented in C, against what the program itself says of them."""

import re

import pytest

import interpreters
import native_builds
from value_comparing import check_children, children, local

CASES = [pytest.param(one, id=one.id) for one in interpreters.VERSIONS]
OPTIONS = ["--json", "--locals", "--locals-depth", 1, "--max-items", 100_000, "--max-string", 100_000]


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
    running = start(interpreter, "values/c_types.py", 100)
    running.wait_asleep()
    outcome = stillframe("dump", *OPTIONS, running.pid)
    check(children(outcome.still), running.truth["values"], interpreter.version)
    if interpreter in interpreters.CORES_OF_VALUES:
        core = stillframe("core", *OPTIONS, running.core(), *interpreters.root_of(interpreter))
        check(children(core.still), running.truth["values"], interpreter.version)


@pytest.mark.parametrize("interpreter", [pytest.param(one, id=one.id) for one in interpreters.VERSIONS if one.has_ctypes])
def test_ctypes(start, stillframe, interpreter):
    running = start(interpreter, "values/ctypes_values.py")
    running.wait_asleep()
    check_children(stillframe("dump", *OPTIONS, running.pid).still, running.truth["values"])
    still = stillframe("dump", "--json", "--locals", "--max-items", 2, running.pid).still
    assert local(still, "numbers")["value"].endswith(" [0, 1, … 998 more]>")
    if interpreter in interpreters.CORES_OF_VALUES:
        core = stillframe("core", *OPTIONS, running.core(), *interpreters.root_of(interpreter))
        check_children(core.still, running.truth["values"])


def packages(version):
    """That CPython with attrs, numpy and pandas, as new as it has them."""
    return native_builds.packages(version, f"value-packages-{version}.txt")


WITH_PACKAGES = ["3.8", "3.11", "3.12"]


def start_with_packages(start, version, program):
    running = start(packages(version), f"values/{program}", flags=["-W", "ignore"], env={"OPENBLAS_NUM_THREADS": "1"})
    running.wait_asleep()
    return running


@pytest.mark.timeout(300)  # the first one installs
@pytest.mark.parametrize("version", WITH_PACKAGES)
def test_attrs(start, stillframe, version):
    running = start_with_packages(start, version, "attrs_values.py")
    check_children(stillframe("dump", *OPTIONS, running.pid).still, running.truth["values"])


@pytest.mark.timeout(300)
@pytest.mark.parametrize("version", WITH_PACKAGES)
def test_numpy(start, stillframe, version):
    running = start_with_packages(start, version, "numpy_values.py")
    check_children(stillframe("dump", *OPTIONS, running.pid).still, running.truth["values"])
    still = stillframe("dump", "--json", "--locals", "--max-items", 3, running.pid).still
    assert local(still, "large")["value"] == (
        "array([[0, 1, 2, … 997 more], [1000, 1001, 1002, … 997 more], [2000, 2001, 2002, … 997 more], … 997 more]) "
        "shape=(1000, 1000) dtype=int64")
    # So many that the text is full inside one of them.
    records = local(stillframe("dump", "--json", "--locals", running.pid).still, "records")
    assert records["readable"] and records["cut"] and records["value"].startswith("array([(0, 'xxxxx")
    check_children(stillframe("core", *OPTIONS, running.core()).still, running.truth["values"])


@pytest.mark.timeout(300)
@pytest.mark.parametrize("version", WITH_PACKAGES)
def test_pandas(start, stillframe, version):
    running = start_with_packages(start, version, "pandas_values.py")
    check_children(stillframe("dump", *OPTIONS, running.pid).still, running.truth["values"])
    still = stillframe("dump", "--json", "--locals", "--max-items", 2, running.pid).still
    assert re.fullmatch(r"<pandas\.(core\.frame\.)?DataFrame object at 0x\w+ shape=\(1000000, 3\) "
                        r"columns=Index\(\['id', 'price', … 1 more\], dtype='(object|str)'\) dtypes=\[int64, float64, … 1 more\] "
                        r"index=RangeIndex\(start=0, stop=1000000, step=1\)>", local(still, "large")["value"])
    assert re.fullmatch(r"<\S+ object at 0x\w+ name=.password. length=2 dtype=int64 values=<redacted> index=.*>", local(still, "series")["value"])
