"""A parser written in C calls itself for each bracket, and somebody sends very many of them.

certain stack-overflow: Thread {tid} {any} died of a stack overflow: its {any} KiB are used up by {any} calls of
    {any}
live: no
"""
import ctypes


def compile_pattern(text):
    ctypes.CDLL(None).regcomp(ctypes.create_string_buffer(512), text, 1)


print("ready", flush=True)
compile_pattern(b"(" * 1000000)
