"""scripts/check-layers: what it must refuse, and what it must let pass."""

import pathlib
import subprocess

import pytest

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "scripts" / "check-layers"

COMPARISONS = [
    "  if (objects.layout().version >= PythonVersion{3, 11, 0}) {",
    "  if (layout_.version.major < 3) {",
    "  const bool old = version < oldest;",
    "  return layout.version == other;",
    "  return oldest <= layout.version;",
    "  const int index = version.minor - 11;",
    "  const std::uint32_t minor = layout.version.minor;",
    "  switch (layout.version.minor) {",
    "  if (version_ != known) {",
    "  if (greenlet >= k3_12) {",
    "  const PythonVersion light{3, 11, 0}; use(PythonVersion{3, 11, 0});",
]
HARMLESS = [
    "  // from version >= 3.11 on",
    '  fail("needs version >= 3.11");',
    "  std::optional<PythonVersion> version;",
    "  const auto major = static_cast<std::uint8_t>(head->version >> 24U);",
    '  return fmt::format("{}.{}", version.major, version.minor);',
    "  if (objects.dialect().frames.interpreter_frames) {",
    "  return is_same_line(table->version, version);",
    "  return Runtime{.version = version, .layout = layout};",
]


def check(root: pathlib.Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([SCRIPT, root], capture_output=True, text=True, check=False)


def write(root: pathlib.Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text + "\n")


@pytest.mark.parametrize("line", COMPARISONS)
@pytest.mark.parametrize("name", ["cpython/stacks/frames.cpp", "waits/locks.cpp"])
def test_a_comparison_of_versions_is_refused(tmp_path: pathlib.Path, name: str, line: str) -> None:
    write(tmp_path / "src", name, '#include "cpython/stacks/frames.h"\n' + line)
    found = check(tmp_path / "src")
    assert found.returncode == 1
    assert f"src/{name}:2: versions are compared in src/cpython/dialects/ alone" in found.stdout


@pytest.mark.parametrize("line", COMPARISONS)
def test_the_dialects_may_compare(tmp_path: pathlib.Path, line: str) -> None:
    write(tmp_path / "src", "cpython/dialects/layout.cpp", line)
    assert check(tmp_path / "src").returncode == 0


@pytest.mark.parametrize("line", HARMLESS)
def test_what_compares_nothing_passes(tmp_path: pathlib.Path, line: str) -> None:
    write(tmp_path / "src", "cpython/stacks/frames.cpp", line)
    found = check(tmp_path / "src")
    assert (found.returncode, found.stdout) == (0, "layers: clean\n")


def test_other_formats_have_versions_too(tmp_path: pathlib.Path) -> None:
    write(tmp_path / "src", "binary/symbols.cpp", "  if (version >= 5) {")
    assert check(tmp_path / "src").returncode == 0


@pytest.mark.parametrize(
    ("name", "included"),
    [("memory/bytes.cpp", "cpython"), ("render/text.cpp", "target"), ("waits/locks.cpp", "render"), ("api/looks.cpp", "cli")],
)
def test_an_include_that_points_up_is_refused(tmp_path: pathlib.Path, name: str, included: str) -> None:
    write(tmp_path / "src", name, f'#include "{included}/any.h"')
    found = check(tmp_path / "src")
    assert found.returncode == 1
    assert f"src/{name}: " in found.stdout


def test_the_source_is_clean() -> None:
    found = check(SCRIPT.parent.parent / "src")
    assert found.returncode == 0, found.stdout
