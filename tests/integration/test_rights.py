"""Who looks with more rights than the program has shows nothing that its user may not read."""

import os

import pytest

from interpreters import BY_ID

ONE = BY_ID["3.12"]
NOBODY = 65534
SECRET = "the line that nobody may read"


def begin(start, mode, owner=0, user=NOBODY):
    def prepare(folder):
        folder.chmod(0o755)
        secret = folder / "secret.py"
        secret.write_text(SECRET)
        secret.chmod(mode)
        os.chown(secret, owner, owner)

    program = start(ONE, "reads_for_others.py", "secret.py", user, before=prepare,
                    command=lambda interpreter, inside: ["env", "-C", inside, interpreter.executable,
                                                         "reads_for_others.py"])
    program.wait_asleep()
    return program


@pytest.mark.parametrize("command", ["dump", "why"])
def test_of_another_user_is_not_shown(start, stillframe, as_root, command):
    program = begin(start, 0o600)
    outcome = stillframe(command, "--json", program.pid)
    assert SECRET not in outcome.out
    [warning] = [one for one in outcome.still["warnings"] if "may not read" in one]
    assert f"user {NOBODY}" in warning
    assert str(program.folder / "secret.py") in warning
    assert outcome.code == 0, outcome.err
    assert SECRET not in stillframe(command, program.pid).out


@pytest.mark.parametrize(("mode", "owner", "user"), [(0o644, 0, NOBODY), (0o600, NOBODY, NOBODY), (0o600, 0, 0)],
                         ids=["of all", "its own", "of root"])
def test_what_it_may_read_is_shown(start, stillframe, as_root, mode, owner, user):
    still = stillframe("dump", "--json", begin(start, mode, owner, user).pid).still
    sources = [frame["source"] for thread in still["threads"] for frame in thread["frames"]]
    assert SECRET in sources
    assert not any("secret.py" in one for one in still["warnings"])


def test_core_of_another_user(start, stillframe, as_root):
    program = begin(start, 0o600, user=0)
    core = program.core()
    assert SECRET in stillframe("core", core, timeout=60).out, "root's own core"
    os.chown(core, NOBODY, NOBODY)
    outcome = stillframe("core", "--json", core)
    assert SECRET not in outcome.out
    assert any("secret.py" in one for one in outcome.still["warnings"])
    root = stillframe("core", "--json", "--lib-search-root", "/", core)
    assert SECRET in root.out, "who names a root names what may be read"
