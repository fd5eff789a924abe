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
    """Such a still may be torn: it never claims to be consistent, and each stack that may be wrong is marked."""
    running = start(interpreter, "ping_pong.py")
    time.sleep(0.1)  # both have begun to play
    for _ in range(25):
        outcome = stillframe("dump", "--json", "--no-block", running.pid)
        still = outcome.still
        assert still["consistency"]["consistent"] is False
        marked = [thread for thread in still["threads"] if thread["torn"] or not thread["complete"]]
        assert outcome.code == 3 if marked or len(still["threads"]) != 2 else outcome.code in (0, 3)
        assert bool(still["warnings"]) == (outcome.code == 3)
        for thread in still["threads"]:
            if thread not in marked:
                assert is_possible(played(thread)), [(frame["function"], frame["line"]) for frame in thread["frames"]]


def test_a_stack_that_stays_is_not_torn(start, stillframe):
    """Without a stop: the innermost call goes on while it is read, and those around it stay what they are."""
    running = start(interpreters.ONE, "busy.py")
    time.sleep(0.3)
    for _ in range(10):
        outcome = stillframe("dump", "--json", "--no-block", running.pid)
        assert outcome.code == 0, outcome.still["warnings"]
        assert not any(thread["torn"] for thread in outcome.still["threads"])
