"""IPv4 addresses, interfaces and networks against their repr()."""

import json

import pytest

import interpreters


@pytest.mark.parametrize("interpreter", [one for one in interpreters.VERSIONS if one.version >= (3, 0)])
def test_ip_addresses(start, stillframe, interpreter):
    running = start(interpreter, "values/ip_addresses.py")
    running.wait_asleep()
    outcome = stillframe("inspect", "--json", "--depth", 1, "--max-items", 5000, running.pid, "__main__.values")
    [answer] = json.loads(outcome.out)["answers"]
    assert [one["value"] for one in answer["object"]["children"]] == running.truth["values"]
