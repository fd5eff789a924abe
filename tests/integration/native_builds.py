"""Libraries and extension modules of tests/programs/native/libraries, built once and kept below build/native.

What is kept is keyed by the sources, the command and the interpreter; tests of several processes share it.
"""

import contextlib
import dataclasses
import fcntl
import functools
import hashlib
import pathlib
import shutil
import subprocess

from interpreters import BY_ID, CACHE, PROGRAMS, TESTS, Interpreter

SOURCES = PROGRAMS / "native" / "libraries"
KEPT = TESTS.parent / "build" / "native"

# How stacks.c and templates.cpp are built: the ways that leave something else for the unwinder and for the names.
WAYS = {
    "plain": ["-O2", "-g"],
    "unoptimized": ["-O0", "-g3"],
    "no debug information": ["-O2", "-g0"],
    "stripped": ["-O2", "-g0", "-s"],
    "frame pointers alone": ["-O2", "-g0", "-fno-omit-frame-pointer", "-fno-asynchronous-unwind-tables", "-fno-unwind-tables",
                             "-fno-exceptions"],
    "no cfi": ["-O2", "-g0", "-fomit-frame-pointer", "-fno-asynchronous-unwind-tables", "-fno-unwind-tables", "-fno-exceptions"],
    "no cfi, stripped": ["-O2", "-g0", "-s", "-fomit-frame-pointer", "-fno-asynchronous-unwind-tables", "-fno-unwind-tables",
                         "-fno-exceptions"],
    "debug_frame": ["-O2", "-g", "-fomit-frame-pointer", "-fno-asynchronous-unwind-tables", "-fno-unwind-tables",
                    "-fno-exceptions"],
    "lto": ["-O2", "-g", "-flto"],
    "dwarf 4": ["-O2", "-gdwarf-4"],
    "split dwarf": ["-O2", "-g", "-gsplit-dwarf"],
    "compressed dwarf": ["-O2", "-g", "-gz"],
    "large": ["-O3", "-g", "-mcmodel=large", "-fPIC"],
}


@contextlib.contextmanager
def building(key: str):
    """The folder for `key`, locked; what is built in there is kept if the marker `.complete` is made."""
    folder = KEPT / key
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder


def run(command, **options) -> None:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, **options)
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}"


def built(key: str, *commands) -> pathlib.Path:
    """The folder for `key`, in which these commands have been run, once."""
    with building(key) as folder:
        if not (folder / ".complete").exists():
            for command in commands:
                assert shutil.which(command[0]), f"{command[0]} is missing: run scripts/bootstrap test"
                # In that folder, because split DWARF is found beside where the compiler stood.
                run(command, cwd=folder)
            (folder / ".complete").touch()
        return folder


def digest(*parts) -> str:
    state = hashlib.sha256()
    for part in parts:
        state.update(part.read_bytes() if isinstance(part, pathlib.Path) else repr(part).encode())
    return state.hexdigest()[:16]


@functools.cache
def library(source: str, way: str = "plain") -> pathlib.Path:
    """SOURCE of the folder of libraries as a shared library, built in one of the WAYS."""
    path, flags = SOURCES / source, WAYS[way]
    name = f"lib{path.stem}.so"
    if path.suffix == ".rs":
        command = ["rustc", "--crate-type", "cdylib", "-C", "opt-level=2", "-C", "debuginfo=2", "-o", name, path]
        if way == "stripped":
            command += ["-C", "debuginfo=0", "-C", "strip=symbols"]
    else:
        compiler = "g++" if path.suffix == ".cpp" else "gcc"
        command = [compiler, "-shared", "-fPIC", "-pthread", *flags, "-o", name, path]
    return built(f"{path.stem}-{digest(path, command)}", command) / name


@functools.cache
def executable(source: str) -> pathlib.Path:
    """SOURCE of the folder of libraries as a program."""
    path = SOURCES / source
    command = ["gcc", "-O1", "-g", "-pthread", "-fno-optimize-sibling-calls", "-o", path.stem, path]
    return built(f"{path.stem}-{digest(path, command)}", command) / path.stem


def headers(interpreter: Interpreter) -> pathlib.Path | None:
    """Where Python.h of it lies, None where it has none."""
    if interpreter.root:
        return None
    major, minor = interpreter.version
    suffix = "d" if interpreter.debug else "t" if interpreter.free_threaded else ""
    prefix = pathlib.Path(interpreter.executable).parent.parent
    for name in (f"python{major}.{minor}{suffix}", f"python{major}.{minor}m"):
        if (prefix / "include" / name / "Python.h").exists():
            return prefix / "include" / name
    return None


def compiler(interpreter: Interpreter) -> str:
    """What extension modules of it are compiled with."""
    return str(CACHE / "musl" / "cc") if interpreter.musl else "gcc"


@functools.cache
def stacks_module(interpreter: Interpreter) -> pathlib.Path:
    """stacks.c and stacks_module.c as one extension module."""
    sources = [SOURCES / "stacks.c", SOURCES / "stacks_module.c"]
    command = [compiler(interpreter), "-shared", "-fPIC", "-pthread", "-O2", "-g", f"-I{headers(interpreter)}",
               "-o", "stacks_module.so", *sources]
    return built(f"stacks-module-{interpreter.id}-{digest(*sources, command)}", command) / "stacks_module.so"


@functools.cache
def extension(interpreter: Interpreter, flags: tuple = ("-O2", "-g")) -> pathlib.Path:
    """extension.c for that interpreter."""
    source, include = SOURCES / "extension.c", headers(interpreter)
    assert include, f"{interpreter.id} has no headers"
    command = [compiler(interpreter), "-shared", "-fPIC", "-pthread", *flags, f"-I{include}", "-o", "extension.so", source]
    return built(f"extension-{interpreter.id}-{digest(source, command)}", command) / "extension.so"


@functools.cache
def beside(how: str) -> tuple[pathlib.Path, pathlib.Path | None]:
    """stacks.c as a library whose debug information lies elsewhere: (the library, what must stand beside it)."""
    source = SOURCES / "stacks.c"
    library, flags = "libstacks.so", ["-shared", "-fPIC", "-pthread", "-O2", "-g", "-Wl,--build-id"]
    steps = {
        "debug link": [["objcopy", "--only-keep-debug", library, "libstacks.debug"],
                       ["objcopy", "--strip-all", "--add-gnu-debuglink=libstacks.debug", library]],
        # As Fedora does it: what .dynsym has not, compressed, in a section.
        "debug data": [["objcopy", "-S", "--remove-section=.debug*", "--keep-symbol=stacks_hidden", library, "symbols"],
                       ["xz", "-k", "symbols"], ["objcopy", "--strip-all", library],
                       ["objcopy", "--add-section", ".gnu_debugdata=symbols.xz", library]],
        "dwp": [["sh", "-c", "dwp -o libstacks.so.dwp *.dwo && rm *.dwo"]],
    }["debug link" if how == "debug_frame" else how]
    flags += WAYS["debug_frame"] if how == "debug_frame" else []
    if how == "dwp":
        flags += ["-gsplit-dwarf", "-gdwarf-4"]  # the package of DWARF 5 that binutils 2.40 makes is not right
    commands = [["gcc", *flags, "-o", library, source], *steps]
    folder = built(f"beside-{how.replace(' ', '-')}-{digest(source, commands)}", *commands)
    extra = {"debug link": "libstacks.debug", "debug_frame": "libstacks.debug", "dwp": "libstacks.so.dwp"}.get(how)
    return folder / library, extra and folder / extra


@functools.cache
def program(interpreter: Interpreter, *flags: str) -> pathlib.Path:
    """Python inside of an executable that is linked in another way: embedding.c with the static library."""
    source, include = TESTS.parent / "scripts" / "embedding.c", headers(interpreter)
    prefix = pathlib.Path(interpreter.executable).parent.parent
    major, minor = interpreter.version
    [archive] = prefix.glob(f"lib/python{major}.{minor}/config-*/libpython*.a")
    command = ["gcc", "-g", *flags, f'-DHOME="{prefix}"', f"-I{include}", "-o", "python", source, archive,
               "-lpthread", "-ldl", "-lutil", "-lm", "-lz"]
    return built(f"program-{interpreter.id}-{digest(source, command)}", command) / "python"


PACKAGES_FOR = "3.12"


@functools.cache
def packages(version: str = PACKAGES_FOR, requirements: str = "native-requirements.txt") -> Interpreter:
    """That CPython with the packages of a file of tests/."""
    wanted, base = TESTS / requirements, BY_ID[version]
    key = f"packages-{version}-{digest(wanted, base.executable)}"
    python = KEPT / key / "venv" / "bin" / "python"
    built(key, [base.executable, "-m", "venv", "--clear", "venv"],
          [python, "-m", "pip", "-q", "install", "--only-binary=:all:", "--disable-pip-version-check", "-r", wanted])
    return dataclasses.replace(base, executable=str(python))


@functools.cache
def module(source: str) -> pathlib.Path:
    """A module of the folder of libraries for packages(): by Cython, pybind11 or nanobind, by its name."""
    python, path = packages().executable, SOURCES / source
    include = [f"-I{headers(BY_ID[PACKAGES_FOR])}"]
    installed = next(pathlib.Path(python).parent.parent.glob("lib/python3.*/site-packages"))
    flags = ["-shared", "-fPIC", "-fvisibility=hidden", "-O2", "-g", *include]
    name = f"{path.stem}.so"
    if path.suffix == ".pyx":
        # Beside the C file, because its lines lead back to the .pyx file by the name that Cython was given.
        steps = [[python, "-m", "cython", "-3", "--line-directives", path, "-o", f"{path.stem}.c"],
                 ["gcc", *flags, "-o", name, f"{path.stem}.c"]]
    elif "pybind11" in source:
        steps = [["g++", "-std=c++17", *flags, f"-I{installed}/pybind11/include", "-o", name, path]]
    else:
        steps = [["g++", "-std=c++17", *flags, f"-I{installed}/nanobind/include",
                  f"-I{installed}/nanobind/ext/robin_map/include", "-o", name, path, f"{installed}/nanobind/src/nb_combined.cpp"]]
    return built(f"{path.stem}-{digest(path, python, steps)}", *steps) / name
