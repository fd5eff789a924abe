"""Comparing a still's native frames with GDB's and eu-stack's, and the merged order with what must stand between what.

Which tool is right where they differ:

- Return addresses: GDB and eu-stack must both agree with the still, address by address, up to the thread's start. Where GDB
  or eu-stack gives up, the still must agree as far as they come. Code without CFI is compared with what its test knows.
- Names: the same after normalising (symbol versions, clones of a function, template arguments and parameters), or two names
  of one symbol: the same address in the symbol tables of the library (__GI___poll and poll).
  Of a function that Cython made GDB gives the C name, the still the name in the .pyx file.
- Inlined calls: as many, in the same order, with the same names as GDB's. eu-stack is asked for none.
- Lines: of an address, what eu-stack reads in the line table; GDB passes over rows that are no statements. Of a call that
  was inlined, GDB's or eu-addr2line's: GDB sometimes takes the line of another call inlined into the same function. Where
  elfutils do not find the debug information, GDB's.
"""

import copy
import functools
import pathlib
import re
import subprocess

import comparing
from native_tools import NativeFrame, Stack, lines_at

EVALUATION = re.compile(r"^_PyEval_EvalFrameDefault$")
EVALUATION_2 = re.compile(r"^PyEval_EvalFrameEx$")  # later only a way to the other one
# With tail calls each instruction is a function, which the loop calls.
HANDLER = re.compile(r"^_TAIL_CALL_\w+$")
CLONE = re.compile(r"(\.(constprop|isra|part|cold|lto_priv|llvm|localalias)(\.\d+)*)+$")


def without_groups(name: str) -> str:
    """A C++ or Rust name without what stands in <> and (), but for operator() and the like."""
    name = name.replace("operator()", "operator\x00").replace("(anonymous namespace)", "\x01")
    out, depth = [], 0
    for at, letter in enumerate(name):
        if letter in "<(" and not name[:at].endswith("operator"):
            depth += 1
        elif letter in ">)" and depth and name[at - 1] != "-":
            depth -= 1
        elif not depth:
            out.append(letter)
    return "".join(out).replace("\x00", "()").replace("\x01", "(anonymous namespace)")


def base_name(name: str | None) -> str | None:
    """The last part of a name, the same for each tool and each kind of symbol."""
    if name is None:
        return None
    name = re.sub(r"@.*$", "", name)
    name = re.sub(r"\s*\[(clone|abi)[^]]*\]", "", name)
    name = CLONE.sub("", name)
    name = re.sub(r"\{\{?closure\}?(#\d+)?\}+", "{closure}", name)  # Rust's, in its two manglings
    if "::" in name or "(" in name or "<" in name:
        name = re.sub(r"::h[0-9a-f]{16}$", "", name)  # Rust's old mangling
        name = re.sub(r"(\s(const|volatile|noexcept|&|&&))+$", "", without_groups(name)).strip()
        name = name.split("::")[-1]
        name = name if name.startswith("operator") else name.split(" ")[-1]
    return name


@functools.lru_cache(None)
def symbols(library: str) -> dict[str, set[int]]:
    """Name -> addresses, of every symbol table that belongs to the library."""
    found: dict[str, set[int]] = {}
    files = [library]
    notes = subprocess.run(["eu-readelf", "-n", library], capture_output=True, text=True).stdout
    if build_id := re.search(r"Build ID: ([0-9a-f]+)", notes):
        files.append(f"/usr/lib/debug/.build-id/{build_id[1][:2]}/{build_id[1][2:]}.debug")
    for file in files:
        for option in ([], ["-D"]):
            listed = subprocess.run(["nm", *option, file], capture_output=True, text=True).stdout
            for address, name in re.findall(r"^([0-9a-f]+) \w (\S+)$", listed, re.MULTILINE):
                found.setdefault(name.split("@")[0], set()).add(int(address, 16))
    return found


def same_name(ours: str | None, theirs: str | None, library: str | None) -> bool:
    mine, other = base_name(ours), base_name(theirs)
    if mine == other:
        return True
    if mine and (other or "").startswith("__pyx_"):  # Cython's: the still gives the name that stands in the .pyx file
        return other.endswith(re.split(r"[.]", mine)[-1])
    if mine is None or other is None or library is None or not pathlib.Path(library).exists():
        return False
    known = symbols(library)
    return bool(known.get(mine, set()) & known.get(other, set()))


def native_frames(thread: dict) -> list[dict]:
    """Innermost first, as GDB lists them."""
    return [frame for frame in reversed(thread["frames"]) if frame["kind"] == "native"]


def python_only(still: dict) -> dict:
    """The still as it would be without native frames."""
    plain = copy.deepcopy(still)
    plain["threads"] = [thread for thread in plain["threads"] if thread["python"]]
    for thread in plain["threads"]:
        thread["frames"] = [frame for frame in thread["frames"] if frame["kind"] == "python"]
    return plain


def is_evaluation(frame: dict, version: str) -> bool:
    pattern = EVALUATION_2 if version.startswith("2.") else EVALUATION
    return frame["kind"] == "native" and not frame["inlined"] and bool(pattern.match(base_name(frame["function"]) or ""))


def runs_python(frame: dict, version: str) -> bool:
    """A loop, or what runs in its place: the function of an instruction, code of the JIT, which belongs to no library."""
    made = frame["kind"] == "native" and frame["function"] is None and frame["library"] is None
    handler = frame["kind"] == "native" and not frame["inlined"] and bool(HANDLER.match(frame["function"] or ""))
    return made or handler or is_evaluation(frame, version)


def show(frames: list[dict]) -> str:
    return "\n".join(
        f"  {frame['function']} {frame['file']}:{frame['line']}" + (" entry" if frame["entry"] else "")
        if frame["kind"] == "python" else
        f"    {frame['address']} {frame['function']}{' (inlined)' if frame['inlined'] else ''}"
        f"{' (guessed)' if frame['guessed'] else ''}{' (plumbing)' if frame['plumbing'] else ''} {frame['library']}"
        for frame in frames)


def check_merged(still: dict, names: bool = True, greenlets: bool = False) -> None:
    """Each Python frame that began a C evaluation loop stands right inside of that loop, and no loop stands alone.

    `names` is False where the interpreter has no symbols: its loops cannot be told by name. With greenlets the stack ends
    where the one that runs began.
    """
    version = still["python"]["version"]
    for thread in still["threads"]:
        frames = thread["frames"]
        assert thread["merge_conflict"] is None, f"{thread['name']}: {thread['merge_conflict']}\n{show(frames)}"
        if not thread["python"]:
            assert all(frame["kind"] == "native" for frame in frames)
            continue
        if not names:
            continue
        if greenlets and thread["name"] != "witness":
            assert re.search("greenlet|g_switch|g_initialstub", frames[0]["function"]), show(frames)
        loops = sum(is_evaluation(frame, version) for frame in frames)
        entries = 0
        for at, frame in enumerate(frames):
            if frame["kind"] != "python":
                continue
            before = frames[at - 1] if at else None
            if frame["entry"]:
                entries += 1
                assert before is not None and runs_python(before, version), (
                    f"{thread['name']}: no evaluation loop right outside of {frame['function']}\n{show(frames)}")
            else:
                assert before is not None and before["kind"] == "python", (
                    f"{thread['name']}: {frame['function']} is in the loop of its caller, but stands apart\n{show(frames)}")
        assert loops == entries, f"{thread['name']}: {loops} evaluation loops, {entries} entries\n{show(frames)}"


def check_whole(still: dict) -> None:
    """Every native stack goes to where its thread or the process began."""
    for thread in still["threads"]:
        first = thread["frames"][0]
        assert thread["native_end"] is None, f"{thread['name']}: {thread['native_end']}\n{show(thread['frames'])}"
        assert first["function"] == "_start" or "libc.so" in first["library"], show(thread["frames"])


def check_between(thread: dict, outer: str, function: str, inner: str) -> None:
    """Between a Python frame that matches `outer` and the next one, `inner`, stands a native one that matches `function`."""
    frames = thread["frames"]
    pythons = [at for at, frame in enumerate(frames) if frame["kind"] == "python"]
    pairs = [(one, other) for one, other in zip(pythons, pythons[1:])
             if re.fullmatch(outer, frames[one]["function"]) and frames[other]["function"] == inner]
    assert pairs, f"no {inner} right inside of {outer}\n{show(frames)}"
    for one, other in pairs:
        between = [base_name(frame["function"]) or "" for frame in frames[one + 1:other]]
        assert any(re.search(function, name) for name in between), (
            f"between {outer} and {inner} no {function}: {between}\n{show(frames)}")


def check_chain(thread: dict, names: list[str]) -> None:
    """These functions, Python's and native ones, outermost first, stand in this order in the thread (others between)."""
    left = list(names)
    for frame in thread["frames"]:
        name = base_name(frame["function"]) if frame["kind"] == "native" else frame["function"]
        if left and name is not None and re.fullmatch(left[0], name):
            left.pop(0)
    assert not left, f"{left[0]} is missing, or not in its place\n{show(thread['frames'])}"


def described(frames: list[NativeFrame]) -> str:
    return "\n".join(f"    {frame.address:#x} {frame.function}{' (inlined)' if frame.inlined else ''} "
                     f"{frame.file}:{frame.line} {frame.library}" for frame in frames)


def check_frame(mine: dict, other: NativeFrame, innermost: bool, line: int | None, library: str | None) -> str | None:
    """What differs between a native frame and another tool's, None where nothing does."""
    if other.function is not None and not other.signal and not same_name(mine["function"], other.function, library):
        return "another name"
    if (other.function or "").startswith("__pyx_") and mine["line"] is None:
        return None  # the line of C code that nobody has written is not shown
    if innermost and line is not None:
        return None if mine["line"] == line else f"another line than {line}"
    if other.line is not None and other.own_line:
        if mine["line"] != other.line or pathlib.Path(mine["file"]).name != pathlib.Path(other.file).name:
            return "another line"
    return None


def check_native(thread: dict, gdb: Stack, eu: Stack | None = None, library_of=lambda path: path, pid=None,
                 to_the_start: bool = True) -> None:
    """One thread's native frames against GDB's, and, where it is given, eu-stack's. `pid` is the process that is or was
    looked at, where eu-addr2line may be asked. Not `to_the_start`: the still ends where the greenlet began, the tools know of none."""
    ours = native_frames(thread)
    both = f"\nthe still:\n{show(list(reversed(ours)))}\nGDB ({gdb.end}), innermost first:\n{described(gdb.frames)}"
    eu_lines = {frame.address: frame.line for frame in eu.frames} if eu else {}
    depth = 0  # among the calls that are inlined at one address
    for mine, other in zip(ours, gdb.frames):
        where = f"{thread['name']}: {mine}, {other}{both}"
        assert int(mine["address"], 16) == other.address, f"another address: {where}"
        assert mine["inlined"] == other.inlined, f"inlined or not: {where}"
        problem = check_frame(mine, other, depth == 0, eu_lines.get(other.address), library_of(mine["library"]))
        if problem == "another line" and pid:
            problem = None if mine["line"] in lines_at(pid, other.address - 1)[depth:depth + 1] else problem
        assert problem is None, f"{problem}: {where}"
        depth = depth + 1 if other.inlined else 0
    if not to_the_start:
        return
    assert len(ours) >= len(gdb.frames), f"{thread['name']}: the still ends early: {thread['native_end']}{both}"
    if gdb.end is None:
        assert len(ours) == len(gdb.frames), f"{thread['name']}: the still has frames that GDB has not{both}"
        assert thread["native_end"] is None, f"{thread['name']}: {thread['native_end']}{both}"
    if eu:
        check_eu_stack(thread, eu, library_of)


def check_eu_stack(thread: dict, eu: Stack, library_of) -> None:
    ours = [frame for frame in native_frames(thread) if not frame["inlined"]]
    both = f"\nthe still:\n{show(list(reversed(ours)))}\neu-stack ({eu.end}), innermost first:\n{described(eu.frames)}"
    for mine, other in zip(ours, eu.frames):
        assert int(mine["address"], 16) == other.address, f"{thread['name']}: another address: {mine}, {other}{both}"
        if other.function is not None:
            assert same_name(mine["function"], other.function, library_of(mine["library"])), (
                f"{thread['name']}: another name: {mine['function']}, {other.function}{both}")
    assert len(ours) >= len(eu.frames), f"{thread['name']}: the still ends early: {thread['native_end']}{both}"
    if eu.end is None:
        assert len(ours) == len(eu.frames), f"{thread['name']}: the still has frames that eu-stack has not{both}"


def check_tools(still: dict, gdb: dict[int, Stack], eu: dict[int, Stack] | None = None, everything: bool = False,
                library_of=lambda path: path, without=(), pid=None, greenlets: bool = False) -> None:
    """Every thread that has native frames; with `everything` every thread must have them. The threads named in `without`
    stand where the tools are known to go wrong: their test knows what must be there."""
    threads = {thread["tid"]: thread for thread in still["threads"]}
    if everything:
        assert set(threads) == set(gdb)
    for tid, thread in threads.items():
        if thread["name"] not in without:
            check_native(thread, gdb[tid], eu[tid] if eu else None, library_of, pid,
                         to_the_start=not greenlets or thread["name"] == "witness")


def check_truth(still: dict, truth: dict) -> None:
    """The Python frames alone are what the program says of itself."""
    comparing.check(python_only(still), truth)
