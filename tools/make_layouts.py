#!/usr/bin/env python3
"""Make the layout tables of src/cpython/dialects/layouts/ from the debug information of real CPython builds.

    tools/make_layouts.py NAME=FILE [NAME=FILE ...]

NAME is the table's: 3.12, 3.11-debug, 3.14-free-threaded. FILE is a libpython or a python executable with debug
information (a separate debug file does as well), or the folder of its headers (include/python3.14t): then a probe is
compiled from those, with $CC and $CFLAGS. With `trace-refs:` before FILE the offsets of objects are moved behind the two
more pointers that --with-pydebug puts at the head of every object up to 3.7 (Py_TRACE_REFS in Include/object.h). For each, src/cpython/dialects/layouts/cpython_NAME.cpp is written, and then
src/cpython/dialects/layouts/tables.inc anew, the list of all tables.

Reads fields.def, the one list of what is read of CPython, and asks gdb (its Python interface) for the offsets.
"""

import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
LAYOUTS = HERE.parent / "src" / "cpython" / "dialects" / "layouts"

GDB_SCRIPT = r"""
import gdb, json

def find_type(names):
    for name in names:
        try:
            found = gdb.lookup_type(name).strip_typedefs()
        except gdb.error:
            continue
        try:
            found.fields()
        except TypeError:
            continue
        if found.fields():
            return found
    return None

def member(type_, name):
    # Also through anonymous structs and unions. (field, offset in bits)
    for field in type_.fields():
        if field.name == name:
            return field, field.bitpos
        if field.name in (None, ""):
            inner = member(field.type.strip_typedefs(), name)
            if inner:
                return inner[0], field.bitpos + inner[1]
    return None

def offset(type_, path):
    at = 0
    for name in path.split("."):
        if type_.code not in (gdb.TYPE_CODE_STRUCT, gdb.TYPE_CODE_UNION):
            return None
        found = member(type_, name)
        if not found:
            return None
        at += found[1]
        type_ = found[0].type.strip_typedefs()
    return at // 8

result = {}
for group, struct in SPEC.items():
    type_ = find_type(struct["types"])
    fields = {}
    for name, paths in struct["fields"].items():
        fields[name] = None
        for path in paths:
            if type_ is not None and fields[name] is None:
                fields[name] = offset(type_, path)
    result[group] = {"size": type_.sizeof if type_ is not None else 0, "fields": fields}
open(OUT, "w").write(json.dumps(result))
"""


def read_fields(path: pathlib.Path) -> dict:
    """fields.def as {group: {"types": [...], "fields": {name: [path, ...]}}}, in its order."""
    spec: dict = {}
    for line in path.read_text().splitlines():
        if found := re.match(r'SF_STRUCT\((\w+), "([^"]+)"\)', line):
            types = [name.strip() for name in found[2].split("|")]
            spec[found[1]] = {"types": types, "fields": {}}
        elif found := re.match(r'SF_FIELD\((\w+), (\w+), "([^"]+)"\)', line):
            spec[found[1]]["fields"][found[2]] = [part.strip() for part in found[3].split("|")]
    return spec


def ask_gdb(spec: dict, file: str) -> dict:
    """The size and the offsets (None: no such member) of every structure in `file`."""
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "out.json"
        script = pathlib.Path(folder) / "ask.py"
        script.write_text(f"SPEC = {spec!r}\nOUT = {str(out)!r}\n{GDB_SCRIPT}")
        run = subprocess.run(["gdb", "-batch", "-nx", "-iex", "set auto-load off", file, "-x", str(script)],
                             capture_output=True, text=True, check=False)
        if not out.exists():
            raise SystemExit(f"gdb could not read {file}:\n{run.stdout}{run.stderr}")
        return json.loads(out.read_text())


PROBE = """
#define Py_BUILD_CORE 1
#include <Python.h>
#include <frameobject.h>
#include <internal/pycore_runtime.h>
#include <internal/pycore_interp.h>
#include <internal/pycore_frame.h>
#include <internal/pycore_dict.h>
#include <internal/pycore_code.h>
#include <internal/pycore_gil.h>
#include <internal/pycore_moduleobject.h>
#if PY_VERSION_HEX >= 0x030e0000
#include <internal/pycore_genobject.h>
#include <internal/pycore_interpframe.h>
#endif
_PyRuntimeState *runtime;
PyFrameObject *frame_object;
PyGenObject *generator;
PyHeapTypeObject *heap_type;
PyModuleObject *module;
PyUnicodeObject *unicode;
PyBytesObject *bytes;
PyFloatObject *floating;
PyLongObject *integer;
PyListObject *list;
PyTupleObject *tuple;
PyDictObject *dict;
PyDictKeysObject *keys;
PyDictValues *values;
"""


def compile_probe(headers: str, folder: str) -> str:
    """An object file with the debug information of every type in fields.def, as those headers declare them."""
    source = pathlib.Path(folder) / "probe.c"
    source.write_text(PROBE)
    command = [os.environ.get("CC", "gcc"), "-g", "-c", "-fno-eliminate-unused-debug-types", f"-I{headers}",
               f"-I{headers}/internal", *shlex.split(os.environ.get("CFLAGS", "")), str(source), "-o",
               str(source.with_suffix(".o"))]
    subprocess.run(command, check=True)
    return str(source.with_suffix(".o"))


def identifier(name: str) -> str:
    return "cpython_" + name.replace(".", "_").replace("-", "_")


def split_name(name: str) -> tuple[str, str, list[str]]:
    version, *kinds = name.split("-", 1)
    major, minor = version.split(".")
    return major, minor, kinds[0].split("-") if kinds else []


NO_OBJECTS = {"runtime", "gil", "interpreter", "thread", "cframe", "frame", "object", "dict_keys", "dict_values",
              "debug_offsets"}


def move_behind_links(offsets: dict) -> None:
    """What Py_TRACE_REFS does: every object begins with _ob_next and _ob_prev."""
    for group, found in offsets.items():
        if group not in NO_OBJECTS or group == "object":
            found["size"] += 16
            found["fields"] = {name: None if at is None else at + 16 for name, at in found["fields"].items()}


def write_table(name: str, file: str, spec: dict, offsets: dict) -> None:
    major, minor, kinds = split_name(name)
    # The path of one machine means nothing on another one.
    shown = re.sub(r"^(trace-refs:)?.*/", r"\1", file)
    debug = str("debug" in kinds).lower()
    free_threaded = str("free" in kinds).lower()
    lines = [
        f"// CPython {name}. Made by: tools/make_layouts.py {name}={shown}",
        '#include "cpython/dialects/layouts/tables.h"',
        "",
        "namespace stillframe::cpython::layouts {",
        "",
        f"const Layout {identifier(name)} = {{",
        f"    .version = {{.major = {major}, .minor = {minor}}},",
        f"    .build = {{.debug = {debug}, .free_threaded = {free_threaded}}},",
    ]
    for group, struct in spec.items():
        found = offsets[group]
        members = [f".size = {found['size']}"]
        members += [f".{field} = {found['fields'][field]}" for field in struct["fields"]
                    if found["fields"][field] is not None]
        lines.append(f"    .{group} = {{{', '.join(members)}}},")
    lines += ["};", "", "}  // namespace stillframe::cpython::layouts", ""]
    (LAYOUTS / f"{identifier(name)}.cpp").write_text("// clang-format off\n" + "\n".join(lines))


def sort_key(path: pathlib.Path) -> tuple:
    """Newest version first; of one version the plain build first."""
    _, major, minor, *kinds = path.stem.split("_")
    return -int(major), -int(minor), len(kinds), kinds


def write_list() -> None:
    tables = sorted(LAYOUTS.glob("cpython_*.cpp"), key=sort_key)
    lines = ["// Every table, newest version first. Made by tools/make_layouts.py."]
    lines += [f"SF_TABLE({path.stem})" for path in tables]
    (LAYOUTS / "tables.inc").write_text("\n".join(lines) + "\n")


def main() -> None:
    if len(sys.argv) < 2 or any("=" not in argument for argument in sys.argv[1:]):
        raise SystemExit(__doc__)
    spec = read_fields(LAYOUTS / "fields.def")
    for argument in sys.argv[1:]:
        name, file = argument.split("=", 1)
        trace_refs = file.startswith("trace-refs:")
        file = file.removeprefix("trace-refs:")
        with tempfile.TemporaryDirectory() as folder:
            offsets = ask_gdb(spec, compile_probe(file, folder) if os.path.isdir(file) else file)
        if trace_refs:
            move_behind_links(offsets)
        write_table(name, argument.split("=", 1)[1], spec, offsets)
        missing = [f"{group}.{field}" for group in spec for field, value in offsets[group]["fields"].items()
                   if value is None]
        print(f"{name}: absent: {' '.join(missing)}")
    write_list()


if __name__ == "__main__":
    main()
