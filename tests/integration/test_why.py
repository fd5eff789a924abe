"""`stillframe why`: what its options do. What it finds is the incident book's (test_incidents.py)."""

import pytest

from interpreters import EACH_KIND


@pytest.mark.parametrize("interpreter", EACH_KIND)
def test_daemons(start, stillframe, interpreter):
    """Which threads are daemons, as the `threading` module says."""
    running = start(interpreter, "blocked_threads.py")
    running.wait_asleep()
    threads = stillframe("dump", "--json", running.pid).still["threads"]
    by_name = {thread["name"]: thread["daemon"] for thread in threads}
    assert by_name["MainThread"] is False
    assert by_name["in lock"] is True
