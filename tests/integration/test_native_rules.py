"""The rules by which native frames are compared, themselves: what they let pass, and what they must not."""

import dataclasses

import pytest

import native_comparing
from native_tools import NativeFrame, Stack, parse_eu_stack

SAME = [
    ("clock_nanosleep@GLIBC_2.17", "clock_nanosleep"),
    ("gemm_driver.isra.0", "gemm_driver"),
    ("_PyEval_EvalFrameDefault.cold", "_PyEval_EvalFrameDefault"),
    ("ledger::Book<unsigned long, 2>::visit(int)", "ledger::Book<unsigned long, 2>::visit"),
    ("void a::settle<b::{lambda()#1}>(b::{lambda()#1} const&) [clone .constprop.0]", "a::settle<b::{lambda()#1}>"),
    ("std::function<bool (int, int)>::operator()(int, int) const", "operator()"),
    ("rusty::within::h0123456789abcdef", "rusty::within"),
    ("rusty::rusty_sort::{{closure}}", "rusty::rusty_sort::{closure#0}"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_names_that_are_the_same(one, other):
    assert native_comparing.same_name(one, other, None)


@pytest.mark.parametrize(("one", "other"), [("list_sort", "list_sort_impl"), (None, "list_sort"), ("a::visit(int)", "a::open(int)")])
def test_names_that_are_not(one, other):
    assert not native_comparing.same_name(one, other, None)


STACK = Stack([NativeFrame("sleep", 48, line=7, file="sleep.c"), NativeFrame("helper", 32, inlined=True, line=3, file="run.c"),
               NativeFrame("run", 32, line=5, file="run.c"), NativeFrame("_start", 16)])


def thread(frames):
    return {"name": "MainThread", "native_end": None, "frames": [
        {"kind": "native", "function": frame.function, "address": hex(frame.address), "inlined": frame.inlined, "file": frame.file,
         "line": frame.line, "library": None, "guessed": False, "plumbing": False} for frame in reversed(frames)]}


def test_the_same_stack():
    native_comparing.check_native(thread(STACK.frames), STACK)


@pytest.mark.parametrize("change", [
    lambda frames: frames[1:], lambda frames: frames[:-1], lambda frames: frames[:1] + frames[2:],
    lambda frames: [*frames, NativeFrame("more", 8)],
    lambda frames: [dataclasses.replace(frames[0], function="wait"), *frames[1:]],
    lambda frames: [dataclasses.replace(frames[0], line=8), *frames[1:]],
    lambda frames: [dataclasses.replace(frames[0], address=49), *frames[1:]],
], ids=["no innermost", "no outermost", "no inlined", "one more", "name", "line", "address"])
def test_another_stack(change):
    with pytest.raises(AssertionError):
        native_comparing.check_native(thread(change(STACK.frames)), STACK)


def test_eu_stack():
    text = ("PID 1 - process\nTID 1:\n#0  0x0000000000000030 sleep@GLIBC_2.2.5\n    ./sleep.c:7:15\n#1  0x0000000000000010\n"
            "TID 2:\n#0  0x0000000000000020 run - 1\n")
    assert parse_eu_stack(text, "eu-stack: tid 2 frame 0: no matching address range\n") == {
        1: Stack([NativeFrame("sleep@GLIBC_2.2.5", 48, file="./sleep.c", line=7), NativeFrame(None, 16)]),
        2: Stack([NativeFrame("run - 1", 32)], "no matching address range")}
