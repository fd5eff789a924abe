#!/usr/bin/env python3
"""Damages copies of a core file, each in one way, the same ways for the same seed.

    tools/mutate_core.py CORE OUTPUT_FOLDER [--count 100] [--seed 1]

writes OUTPUT_FOLDER/0000.core and so on, and `mutations.txt`, which says what was done to each. A copy shares its
blocks with the core where the file system can, else its holes stay holes. As a module: mutations() gives the changes
themselves, so that a test can make them in one working copy and take them back.

A fifth of the mutations each: a cut tail (5 to 95 %), ELF and program headers, notes, memory (any, and pages that
hold Python's own structures), pointers in such pages.
"""

import argparse
import dataclasses
import fcntl
import os
import pathlib
import random
import struct
import sys

PAGE = 4096
PT_LOAD, PT_NOTE = 1, 4
FICLONE = 0x40049409


@dataclasses.dataclass(frozen=True)
class Mutation:
    """What is to be done to a core: bytes to be written at offsets, or the length it is to be cut to."""

    description: str
    patches: tuple[tuple[int, bytes], ...] = ()
    cut: int | None = None
    kind: str = ""


@dataclasses.dataclass(frozen=True)
class Segment:
    kind: int
    flags: int
    offset: int
    address: int
    size: int  # in the file
    memory_size: int


class Core:
    """A whole core, as far as its damaging needs it."""

    def __init__(self, path):
        self.path = pathlib.Path(path)
        self.size = self.path.stat().st_size
        self.file = open(path, "rb", buffering=0)
        header = self.read(0, 64)
        self.table = struct.unpack_from("<Q", header, 32)[0]
        self.count = struct.unpack_from("<H", header, 56)[0]
        self.segments = [self._segment(i) for i in range(self.count)]
        self.notes = [one for one in self.segments if one.kind == PT_NOTE]
        self.loads = [one for one in self.segments if one.kind == PT_LOAD and one.size]
        self.pages = self._pages_with_data()
        self.python_pages = self._python_pages()

    def read(self, offset, size):
        return os.pread(self.file.fileno(), size, offset)

    def _segment(self, i):
        kind, flags, offset, address, _, size, memory, _ = struct.unpack("<IIQQQQQQ", self.read(self.table + 56 * i, 56))
        return Segment(kind, flags, offset, address, size, memory)

    def _pages_with_data(self):
        """(offset, address, writable) of the pages of memory that are not zero."""
        pages = []
        for segment in self.loads:
            position, end = segment.offset, segment.offset + segment.size
            while position < end:
                try:
                    position = os.lseek(self.file.fileno(), position, os.SEEK_DATA)
                    hole = min(os.lseek(self.file.fileno(), position, os.SEEK_HOLE), end)
                except OSError:
                    break
                position -= (position - segment.offset) % PAGE
                while position < hole:
                    if any(self.read(position, PAGE)):
                        pages.append((position, segment.address + position - segment.offset, bool(segment.flags & 2)))
                    position += PAGE
        return pages

    def _python_pages(self):
        """Writable pages with many pointers to writable memory: objects that point to types, frames, thread states."""
        ranges = sorted((one.address, one.address + one.size) for one in self.loads if one.flags & 2)
        self.pointer_places = {}
        self.pointers = []
        for offset, _, writable in self.pages:
            if not writable:
                continue
            words = struct.unpack("<512Q", self.read(offset, PAGE).ljust(PAGE, b"\0"))
            places = [i for i, word in enumerate(words) if word % 8 == 0 and word > PAGE and _inside(ranges, word)]
            if len(places) >= 64:
                self.pointer_places[offset] = places
                self.pointers.extend(words[i] for i in places)
        return sorted(self.pointer_places)


def _inside(ranges, word):
    import bisect
    i = bisect.bisect_right(ranges, (word, 1 << 64)) - 1
    return i >= 0 and word < ranges[i][1]


def flipped(core, chance, places, what, most=8):
    """Flips 1 to `most` bytes, in places that `places()` chooses."""
    patches = []
    for _ in range(chance.randint(1, most)):
        offset = places()
        old = core.read(offset, 1)
        if old:
            patches.append((offset, bytes([old[0] ^ chance.randint(1, 255)])))
    return Mutation(f"flip {what} at " + ", ".join(f"{offset:#x}" for offset, _ in patches), tuple(patches), None, what)


def flip_headers(core, chance):
    if chance.random() < 0.3:
        return flipped(core, chance, lambda: chance.randrange(64), "the ELF header", 2)
    return flipped(core, chance, lambda: core.table + chance.randrange(56 * core.count), "program headers", 4)


def flip_notes(core, chance):
    note = chance.choice(core.notes)
    return flipped(core, chance, lambda: note.offset + chance.randrange(note.size), "notes")


def flip_memory(core, chance):
    if chance.random() < 0.5:
        page = chance.choice(core.pages)[0]
        return flipped(core, chance, lambda: page + chance.randrange(PAGE), "memory", 64)
    page = chance.choice(core.python_pages)
    return flipped(core, chance, lambda: page + chance.randrange(PAGE), "Python's memory", 64)


def redirect_pointers(core, chance):
    page = chance.choice(core.python_pages)
    patches, words = [], []
    for i in chance.sample(core.pointer_places[page], min(chance.randint(1, 16), len(core.pointer_places[page]))):
        word = chance.choice([0, chance.getrandbits(64), chance.choice(core.pointers), chance.choice(core.pointers) + 8,
                              core.pages[0][1], (1 << 63) - 8])
        patches.append((page + 8 * i, struct.pack("<Q", word & (1 << 64) - 1)))
        words.append(f"{page + 8 * i:#x} to {word:#x}")
    return Mutation("point " + ", ".join(words), tuple(patches), None, "pointers")


def cut_tail(core, chance):
    length = int(core.size * chance.uniform(0.05, 0.95))
    return Mutation(f"cut to {length} of {core.size} bytes", (), length, "cut tail")


WAYS = [cut_tail, flip_headers, flip_notes, flip_memory, redirect_pointers]


def mutations(core, seed, count):
    """`count` mutations of a Core, in the order of the seed."""
    chance = random.Random(seed)
    for i in range(count):
        yield WAYS[i % len(WAYS)](core, chance)


def apply(mutation, fd):
    """Makes the changes in an open copy."""
    for offset, data in mutation.patches:
        os.pwrite(fd, data, offset)
    if mutation.cut is not None:
        os.ftruncate(fd, mutation.cut)


def undo(mutation, fd, core):
    """Takes them back."""
    for offset, data in mutation.patches:
        os.pwrite(fd, core.read(offset, len(data)), offset)
    if mutation.cut is not None:
        os.ftruncate(fd, core.size)
        copy_data(core, fd, mutation.cut)


def copy_data(core, fd, start=0):
    """Copies what is not a hole."""
    position = start
    while position < core.size:
        try:
            position = os.lseek(core.file.fileno(), position, os.SEEK_DATA)
        except OSError:
            break
        end = os.lseek(core.file.fileno(), position, os.SEEK_HOLE)
        while position < end:
            data = core.read(position, min(1 << 20, end - position))
            os.pwrite(fd, data, position)
            position += len(data)


def copy(core, path):
    """A copy at `path`, open for reading and writing."""
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        fcntl.ioctl(fd, FICLONE, core.file.fileno())
    except OSError:
        os.ftruncate(fd, core.size)
        copy_data(core, fd)
    return fd


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("core")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    core = Core(arguments.core)
    arguments.folder.mkdir(parents=True, exist_ok=True)
    with open(arguments.folder / "mutations.txt", "w") as listing:
        for i, mutation in enumerate(mutations(core, arguments.seed, arguments.count)):
            fd = copy(core, arguments.folder / f"{i:04}.core")
            apply(mutation, fd)
            os.close(fd)
            listing.write(f"{i:04} {mutation.description}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
