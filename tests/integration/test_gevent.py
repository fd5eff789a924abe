"""Greenlets of gevent as tasks of their hub, live and as a core."""

import pytest

import greenlet_builds
from test_tasks import PROGRAMS, by_address, edges_of, tasks_of

# Who waits for whom to end. The main greenlet does for all.
AWAITS = [("joins", "sleep"), ("gets", "sleep"), ("several", "lock"), ("several", "read"), ("waits", "joins"),
          ("grandchild", "child")]


@pytest.mark.parametrize("pure", [False, True], ids=["compiled", "pure"])
@pytest.mark.parametrize("row", greenlet_builds.WITH_GEVENT, ids="-".join)
def test_gevent(start, stillframe, row, pure):
    build = greenlet_builds.build(row)
    running = start(build.interpreter, "tasks/gevent_tasks.py", copy=[PROGRAMS / "_task_truth.py"],
                    command=lambda one, inside: [one.executable, f"{inside}/gevent_tasks.py"],
                    env={"PYTHONPATH": build.path, "PURE_PYTHON": "1" if pure else ""})
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
        names = truth["tasks"]
        edges = {(names[one], names[other]) for one, other in AWAITS}
        assert edges_of(seen) == edges | {(main, address) for address in names.values()}
        for address, stack in truth["stacks"].items():
            assert (shown[address]["state"], shown[address]["parent"]) == ("waiting", truth["parents"][address])
            assert [[frame["function"], frame["line"]] for frame in shown[address]["frames"]] == stack
        tasks = {name: shown[address] for name, address in truth["tasks"].items()}
        waits = {name: task["waits_for"] for name, task in tasks.items()}
        assert {name: wait["kind"] for name, wait in waits.items()} == {
            "holder": "sleep", "sleep": "sleep", "lock": "lock", "read": "read", "unknown": "unknown", "spawns": "sleep",
            "child": "sleep", **{waiter: "tasks" for waiter, _ in AWAITS}}
        assert waits["sleep"]["delay"] == 1000
        assert tasks["sleep"]["name"] == "sleeper"
        assert (waits["lock"]["holders"], waits["lock"]["holders_proven"]) == ([truth["tasks"]["holder"]], True)
        assert waits["read"]["file"]["fd"] == truth["fd"]
        assert waits["read"]["file"]["kind"] == ("unix" if live else "unknown")


def test_circle(start, stillframe):
    build = greenlet_builds.build(greenlet_builds.ONE)
    running = start(build.interpreter, "tasks/gevent_circle.py", copy=[PROGRAMS / "_task_truth.py"],
                    command=lambda one, inside: [one.executable, f"{inside}/gevent_circle.py"], env={"PYTHONPATH": build.path})
    running.wait_asleep()
    for arguments in [[running.pid], None]:
        seen = tasks_of(stillframe, *(arguments or [running.core()]))
        [finding] = [one for one in seen["findings"] if one["id"] != "killed-by"]  # the test itself ended it
        assert (finding["id"], finding["severity"]) == ("await-cycle", "likely")
        assert finding["title"].count("gevent_circle.py:10 in joins") == 2
