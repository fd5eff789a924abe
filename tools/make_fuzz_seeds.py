#!/usr/bin/env python3
"""Writes the seeds of the fuzzers, tests/fuzz/seeds/NAME/: inputs from which most of a parser is reached at once.

Seeds that were found (inputs that once crashed) lie beside them under names of their own and are left alone. The stills
of fuzz_still_json are written by hand, and are not made here. Everything is computed but for fuzz_symbols, whose object
the compiler makes.
"""

import gzip
import pathlib
import shutil
import struct
import subprocess
import tempfile

SEEDS = pathlib.Path(__file__).resolve().parent.parent / "tests" / "fuzz" / "seeds"

# Struct Change of tests/fuzz/changes.h: piece, word, how, other piece, value.
CHANGE = struct.Struct("<BBBB4xQ")


def write(fuzzer: str, name: str, content: bytes) -> None:
    folder = SEEDS / fuzzer
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)


def changes(count: int, seed: int) -> bytes:
    """Changes of every kind: a number, a byte, another piece's address, one a little behind it."""
    made = b""
    for i in range(count):
        mixed = (seed * 2654435761 + i * 40503) & 0xFFFFFFFF
        value = [0, 1, 0xFFFFFFFFFFFFFFFF, 0x7F, mixed][i % 5]
        made += CHANGE.pack(mixed & 0xFF, mixed >> 8 & 0xFF, i % 4 | (mixed >> 20 & 0x80), mixed >> 16 & 0xFF, value)
    return made


def processes() -> None:
    """Sound processes in layouts of all versions, and the same with words changed."""
    for layout in range(0, 40, 8):
        for count in (0, 3):
            tail = changes(count, layout)
            name = f"layout_{layout}_changes_{count}"
            write("interpreter", name, bytes([1, layout]) + tail)
            write("tasks", name, bytes([layout]) + tail)
            write("greenlets", name, bytes([layout, 0x17, 3, 1]) + tail)
    for first in range(0, 160, 16):
        kinds = bytes(range(first, first + 16))
        write("values", f"kinds_from_{first}", bytes([first // 4, first // 16 % 2, 15]) + kinds + changes(4, first))


def unwinding() -> None:
    # A CIE and an FDE (.eh_frame): version 1, "zR", code alignment 1, data alignment -8, return address 16, pcrel sdata4;
    # CFA rsp + 8, ra at CFA - 8; then push rbp, mov rbp, rsp.
    cie_body = struct.pack("<IB", 0, 1) + b"zR\0" + bytes([1, 0x78, 16, 1, 0x1B, 0x0C, 7, 8, 0x90, 1, 0, 0])
    cie = struct.pack("<I", len(cie_body)) + cie_body
    fde_body = struct.pack("<Iii", len(cie) + 4, 0x100, 0x40) + bytes([0, 0x41, 0x0E, 16, 0x86, 2, 0x43, 0x0D, 6, 0, 0, 0])
    section = cie + struct.pack("<I", len(fde_body)) + fde_body + bytes(4)
    write("unwinder", "eh_frame", bytes([0, 0]) + struct.pack("<Q", 0x120) + section)
    write("unwinder", "eh_frame_linked", bytes([0, 2]) + struct.pack("<QQ", 0x120, 0x1000) + section)
    write("unwinder", "debug_frame", bytes([0, 1]) + struct.pack("<Q", 0x120) + section)
    # Functions whose rules are: CFA rsp + 16, rbp at CFA - 16; then registers, and words of a stack.
    rules = bytes([0x0E, 16, 0x86, 2])
    functions = (bytes([len(rules)]) + rules) * 8
    place = bytes([0]) + struct.pack("<H", 0x40)
    on_stack = bytes([3]) + struct.pack("<H", 0x200)
    for kind in (1, 2):
        stack = bytes([3]) + functions + place + struct.pack("<I", 0x80) + on_stack
        stack += struct.pack("<H", 16) + (place + on_stack) * 8 + bytes([2, 1, 0]) * 8
        write("unwinder", f"stack_{kind}", bytes([kind]) + stack)


def elf_header(kind: int, phnum: int, shnum: int = 0, shoff: int = 0, shstrndx: int = 0) -> bytes:
    ident = b"\x7fELF" + bytes([2, 1, 1]) + bytes(9)
    return ident + struct.pack("<HHIQQQIHHHHHH", kind, 62, 1, 0, 64, shoff, 0, 64, 56, phnum, 64, shnum, shstrndx)


def segment(kind: int, flags: int, offset: int, address: int, filesz: int, memsz: int, align: int = 4096) -> bytes:
    return struct.pack("<IIQQQQQQ", kind, flags, offset, address, address, filesz, memsz, align)


def note(name: bytes, kind: int, content: bytes) -> bytes:
    padded = name + b"\0"
    return (struct.pack("<III", len(padded), len(content), kind) + padded.ljust(-(-len(padded) // 4) * 4, b"\0")
            + content.ljust(-(-len(content) // 4) * 4, b"\0"))


def loaded_image() -> None:
    """A shared library in memory: a build-id, and a dynamic symbol _PyRuntime found by the GNU hash."""
    strings = b"\0_PyRuntime\0"
    symbols = bytes(24) + struct.pack("<IBBHQQ", 1, 0x11, 0, 5, 0x800, 64)
    hashed = 5381
    for letter in b"_PyRuntime":
        hashed = (hashed * 33 + letter) & 0xFFFFFFFF
    gnu = struct.pack("<IIIIQII", 1, 1, 1, 6, 0xFFFFFFFFFFFFFFFF, 1, hashed | 1)
    identity = note(b"GNU", 3, bytes(range(20)))
    at = {"note": 0x200, "gnu": 0x240, "symbols": 0x280, "strings": 0x2C0, "dynamic": 0x300}
    dynamic = b"".join(struct.pack("<QQ", tag, value) for tag, value in (
        (0x6FFFFEF5, at["gnu"]), (6, at["symbols"]), (5, at["strings"]), (10, len(strings)), (11, 24), (0, 0)))
    image = bytearray(0x400)
    head = elf_header(3, 3) + segment(1, 5, 0, 0, 0x400, 0x900) + segment(4, 4, 0x200, 0x200, len(identity), len(identity))
    head += segment(2, 6, 0x300, 0x300, len(dynamic), len(dynamic))
    for place, content in ((0, head), (0x200, identity), (0x240, gnu), (0x280, symbols), (0x2C0, strings),
                           (0x300, dynamic)):
        image[place:place + len(content)] = content
    write("elf_image", "library", bytes(image))
    write("elf_image", "cut", bytes(image[:0x180]))


def core_file() -> None:
    base = 0x7F0000000000
    registers = struct.pack("<27Q", *range(27))
    status = struct.pack("<iiihHQQiiii", 11, 1, 0, 11, 0, 0, 0, 100, 1, 100, 100) + bytes(64) + registers + bytes(8)
    process = struct.pack("<bcbbQIIiiii", 0, b"R", 0, 0, 0, 0, 0, 100, 1, 100, 100) + b"python3".ljust(16, b"\0")
    process += b"python3 app.py".ljust(80, b"\0")
    files = struct.pack("<QQQQQ", 1, 4096, base, base + 4096, 0) + b"/usr/lib/libx.so\0"
    auxv = struct.pack("<4Q", 3, base + 64, 0, 0)
    signal = struct.pack("<iii4xQ", 11, 0, 1, 0x10).ljust(128, b"\0")
    notes = (note(b"CORE", 1, status) + note(b"CORE", 3, process) + note(b"CORE", 0x53494749, signal)
             + note(b"CORE", 6, auxv) + note(b"CORE", 0x46494C45, files) + note(b"CORE", 1, status))
    offset = 64 + 3 * 56
    head = elf_header(4, 3) + segment(4, 0, offset, 0, len(notes), 0, 4)
    data = offset + len(notes)
    head += segment(1, 6, data, 0x600000, 64, 4096) + segment(1, 5, data + 64, base, 64, 4096)
    core = head + notes + b"h" * 64 + elf_header(3, 0)
    write("core_file", "two_threads", core)
    write("core_file", "cut", core[:-100])
    write("core_file", "gzip", gzip.compress(core, mtime=0))


def proc_texts() -> None:
    texts = {
        "maps": "7f1c00000000-7f1c00021000 r-xp 00002000 fe:01 131102 /usr/lib/libc.so.6\n"
                "7f1c00021000-7f1c00022000 rw-p 00000000 00:00 0 \n7ffc0000-7ffd0000 rw-p 00000000 00:00 0 [stack]\n"
                "55d0c0000000-55d0c0001000 r--p 00000000 fe:01 7 /srv/a b (deleted)\n",
        "stat": "4211 (py) (thon) S 1 4211 4211 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 3 0 123456 1000 200 18446744073709551615\n",
        "schedstat": "1234567 89 42\n",
        "syscall": "202 0x7f1c00001000 0x189 0x0 0x0 0x0 0xffffffff 0x7ffc0000 0x7f1c0000\n",
        "status": "Name:\tpython3\nState:\tS (sleeping)\nTgid:\t4211\nPPid:\t1\nUid:\t1000\t1000\t1000\t1000\nNSpid:\t4211\t7\n"
                  "voluntary_ctxt_switches:\t12\nnonvoluntary_ctxt_switches:\t3\n",
        "fd_pipe": "pipe:[3999952]",
        "fd_socket": "socket:[123]",
        "fd_anonymous": "anon_inode:[eventpoll]",
        "fdinfo_epoll": "pos:\t0\nflags:\t02\nmnt_id:\t15\ntfd:        5 events:       19 data:                5  pos:0 ino:2c sdev:8\n",
        "fdinfo_timer": "pos:\t0\nflags:\t02\nclockid: 1\nticks: 0\nsettime flags: 01\nit_value: (0, 49406829)\nit_interval: (1, 0)\n",
        "tcp": "   0: 0100007F:1F90 0200007F:C350 01 00000000:00000000 00:00000000 00000000  1000        0 12345 1 0 20 4 30 10 -1\n",
        "tcp6": "   0: 00000000000000000000000001000000:1F90 00000000000000000000000000000000:0000 0A 0:0 00:0 0 0 0 77 1\n",
        "unix": "0000000000000000: 00000002 00000000 00010000 0001 01 12345 /run/x.sock\n",
        "locks": "1: POSIX  ADVISORY  WRITE 4211 fe:01:131102 0 EOF\n1: -> POSIX  ADVISORY  WRITE 4212 fe:01:131102 0 EOF\n"
                 "2: FLOCK  ADVISORY  WRITE 9 00:2d:44 0 EOF\n",
        "command_line": "/usr/bin/python3\0-X\0dev\0-m\0http.server\0--port\0008000\0",
        "script": "python3\0-u\0/srv/app.py\0--secret\0x\0",
    }
    for name, text in texts.items():
        write("proc_files", name, text.encode())


def symbols() -> None:
    source = "static inline int twice(int x) { return x + x; }\nint entry(int* p) { return twice(*p) + 1; }\n"
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, "a.c")
        file.write_text(source)
        for name, options in (("dwarf5", "-gdwarf-5 -O1"), ("dwarf4", "-gdwarf-4 -O1"), ("compressed", "-g -gz -O1")):
            compiler = shutil.which("gcc") or "cc"
            subprocess.run([compiler, *options.split(), "-c", "a.c", "-o", name], cwd=folder, check=True)
            write("symbols", name, pathlib.Path(folder, name).read_bytes())


if __name__ == "__main__":
    processes()
    unwinding()
    loaded_image()
    core_file()
    proc_texts()
    symbols()
