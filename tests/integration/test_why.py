"""`stillframe why`: what its options do. What it finds is the incident book's (test_incidents.py)."""

import time

import pytest

from interpreters import BY_ID, EACH_KIND, ONE, root_of


def test_watch_takes_its_time(start, stillframe):
    """Ten looks, the last one after that time; of a program that stands still nothing else is said."""
    running = start(ONE, "joins_at_exit.py")
    running.wait_asleep()
    begin = time.monotonic()
    watched = stillframe("why", "--json", "--watch", "0.5", running.pid)
    assert time.monotonic() - begin >= 0.5
    assert watched.code == 0, watched.err
    once = stillframe("why", "--json", running.pid)
    assert [one["id"] for one in watched.still["findings"]] == [one["id"] for one in once.still["findings"]]


def test_watch_of_a_core_makes_no_sense(start, stillframe):
    running = start(ONE, "joins_at_exit.py")
    running.wait_asleep()
    outcome = stillframe("why", "--watch", "1", running.core())
    assert outcome.code == 2
    assert "nothing moves" in outcome.err


@pytest.mark.parametrize("interpreter", [BY_ID["2.7"], *EACH_KIND])
def test_daemons(start, stillframe, interpreter):
    """Which threads are daemons, as the `threading` module says."""
    running = start(interpreter, "blocked_threads.py")
    running.wait_asleep()
    threads = stillframe("dump", "--json", running.pid).still["threads"]
    by_name = {thread["name"]: thread["daemon"] for thread in threads}
    assert by_name["MainThread"] is False
    assert by_name["in lock"] is True


@pytest.mark.parametrize("interpreter", [BY_ID["3.8"], BY_ID["3.12"], BY_ID["3.14"]])
def test_a_circle_among_many_tasks(start, stillframe, interpreter):
    """`why` and `core` look at all tasks; `dump` at those of small programs."""
    running = start(interpreter, "tasks/many_and_a_circle.py")
    running.wait_asleep()
    [finding] = stillframe("why", "--json", running.pid).still["findings"]
    assert finding["id"] == "await-cycle"
    assert stillframe("dump", "--json", running.pid).still["findings"] == []
    core = running.core()
    found = stillframe("core", "--json", core, *root_of(interpreter)).still["findings"]
    assert [one["title"] for one in found if one["id"] != "killed-by"] == [finding["title"]]


@pytest.mark.parametrize("interpreter", EACH_KIND)
def test_a_simple_queue_is_named(start, stillframe, interpreter):
    running = start(interpreter, "simple_queue.py")
    running.wait_asleep()
    still = stillframe("dump", "--json", running.pid).still
    [server] = [thread for thread in still["threads"] if thread["name"] == "server"]
    assert server["waiting_on"]["text"] == "waits for an item of queue `items`"
    assert still["resources"][server["wants"]["resource"]]["type"] == "_queue.SimpleQueue"


@pytest.mark.parametrize("interpreter", [BY_ID["3.13t"], BY_ID["3.14t"]])
def test_the_mutex_of_an_object(start, stillframe, interpreter):
    """Who waits for a list's own mutex, and who has it: met sooner or later. A stop would have it wait anew."""
    running = start(interpreter, "sorts_for_ever.py")
    for _ in range(1000):
        still = stillframe("dump", "--no-block", "--json", running.pid).still
        [thread] = [thread for thread in still["threads"] if thread["name"] == "append"]
        wanted = thread["wants"] and still["resources"][thread["wants"]["resource"]]
        if wanted and wanted["kind"] == "object_mutex" and wanted["holders"]:
            break
    assert (wanted["kind"], wanted["type"], wanted["name"]) == ("object_mutex", "list", "items")
    [sorter] = [thread["tid"] for thread in still["threads"] if thread["name"] == "sort"]
    assert [(one["tid"], one["certain"]) for one in wanted["holders"]] == [(sorter, True)]
