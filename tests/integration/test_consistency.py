"""Stacks of programs that change them all the time: of one moment, or marked."""

import itertools
import time

import pytest

import interpreters

FIRST = {"ping": 9, "pong": 14}  # the line of `if left`


def played(thread):
    """The frames below play()."""
    functions = [(frame["function"], frame["line"]) for frame in thread["frames"]]
    return list(itertools.dropwhile(lambda frame: frame[0] != "play", functions))


def is_possible(frames):
    """Could a program that runs ping_pong.py stand there?"""
    if not frames:
        return False
    expected = ["play", *itertools.islice(itertools.cycle(["ping", "pong"]), len(frames) - 1)]
    inner = [line == FIRST[function] + 1 for function, line in frames[1:-1]]
    return [function for function, _ in frames] == expected and all(inner) and len(frames) <= 32


@pytest.mark.parametrize("interpreter", [*interpreters.EACH_KIND, interpreters.BY_ID["2.7"], interpreters.BY_ID["3.15"]])
def test_every_still_is_of_one_moment(start, stillframe, interpreter):
    running = start(interpreter, "ping_pong.py")
    time.sleep(0.1)  # both have begun to play
    for _ in range(25):
        outcome = stillframe("dump", "--json", running.pid)
        still = outcome.still
        assert outcome.code == 0, still["warnings"]
        assert still["consistency"]["consistent"]
        assert len(still["threads"]) == 2
        for thread in still["threads"]:
            assert thread["complete"]
            assert is_possible(played(thread)), [(frame["function"], frame["line"]) for frame in thread["frames"]]


@pytest.mark.parametrize("interpreter", [*interpreters.EACH_KIND, interpreters.BY_ID["2.7"], interpreters.BY_ID["3.15"]])
def test_without_a_stop_it_says_so(start, stillframe, interpreter):
    """Such a still may be torn: it never claims to be consistent, and a stack that was cut short is marked."""
    running = start(interpreter, "ping_pong.py")
    for _ in range(15):
        outcome = stillframe("dump", "--json", "--no-block", running.pid)
        assert outcome.code in (0, 1, 3)
        if outcome.code == 1:
            assert len(outcome.err.strip().splitlines()) >= 3
            continue
        still = outcome.still
        assert still["consistency"]["consistent"] is False
        if not all(thread["complete"] for thread in still["threads"]):
            assert outcome.code == 3 and still["warnings"]
