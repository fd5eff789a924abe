"""A file that one part of the program has mapped is cut short by another one.

certain truncated-file: Thread {tid} {any} died reading {any} at offset 0x2000 of the mapped file
    {any}/index.bin, where it has nothing, in {any}, called from {file}:{line:READS} in look_up
live: no
"""
import mmap


def look_up(index, offset):
    return index[offset]  # READS


with open("index.bin", "w+b") as file:
    file.truncate(0x3000)
    index = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    file.truncate(0x1000)
    print("ready", flush=True)
    look_up(index, 0x2000)
