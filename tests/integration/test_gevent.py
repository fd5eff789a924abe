"""Greenlets of gevent as tasks of their hub, live and as a core."""

import pytest

import greenlet_builds
from test_tasks import PROGRAMS, by_address, tasks_of


@pytest.mark.parametrize("row", greenlet_builds.WITH_GEVENT, ids="-".join)
def test_gevent(start, stillframe, row):
    build = greenlet_builds.build(row)
    running = start(build.interpreter, "tasks/gevent_tasks.py", copy=[PROGRAMS / "_task_truth.py"],
                    command=lambda one, inside: [one.executable, f"{inside}/gevent_tasks.py"], env={"PYTHONPATH": build.path})
    running.wait_asleep()
    truth = running.truth
    for arguments, live in [([running.pid], True), (None, False)]:
        seen = tasks_of(stillframe, *(arguments or [running.core()]))
        [loop] = seen["loops"]
        assert (loop["kind"], loop["address"], loop["type"]) == ("gevent", truth["hub"], "gevent.hub.Hub")
        assert (loop["tid"], loop["doing"]) == (truth["pid"], "waits")
        shown = by_address(seen)
        [main] = set(shown) - set(truth["stacks"])
        assert shown[main]["name"] == "main greenlet"
        for address, stack in truth["stacks"].items():
            assert shown[address]["state"] == "waiting"
            assert [[frame["function"], frame["line"]] for frame in shown[address]["frames"]] == stack
        tasks = {name: shown[address] for name, address in truth["tasks"].items()}
        waits = {name: task["waits_for"] for name, task in tasks.items()}
        assert {name: wait["kind"] for name, wait in waits.items()} == {
            "holder": "sleep", "sleep": "sleep", "lock": "lock", "read": "read", "unknown": "unknown"}
        assert waits["sleep"]["delay"] == 1000
        assert tasks["sleep"]["name"] == "sleeper"
        assert (waits["lock"]["holders"], waits["lock"]["holders_proven"]) == ([truth["tasks"]["holder"]], True)
        assert waits["read"]["file"]["fd"] == truth["fd"]
        assert waits["read"]["file"]["kind"] == ("unix" if live else "unknown")
