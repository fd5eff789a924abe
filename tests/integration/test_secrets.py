"""Secrets that programs have in every place are shown in none, whatever the command and its options; what looks alike is."""

import json
import re

import pytest

import interpreters

LARGE = ["--max-string", 1_000_000, "--max-items", 100_000]
DEEP = ["--locals", "--locals-depth", 5, *LARGE]
ARGUMENTS = ["--password=PLANTEDc01", "--db-token", "PLANTEDc02", "--url", "https://ada:PLANTEDc03@shop/", "-H",
             "Authorization: Bearer PLANTEDc04", "--max-tokens", "4260"]
ENVIRONMENT = {"DB_PASSWORD": "PLANTEDc05", "DATABASE_URL": "postgres://ada:PLANTEDc06@db/shop", "GITHUB_PAT": "PLANTEDc07",
               "AWS_SECRET_ACCESS_KEY": "PLANTEDc08", "MAX_TOKENS": "4261", "TOKEN_LIMIT": "4262"}
# "PLANTEDa26PLANTEDa26" is one secret.
PLANTED = re.compile(r"PLANTED[a-d]\d\d")
VERSIONS = [pytest.param(interpreters.BY_ID[name], id=name) for name in ("2.7", "3.8", "3.12", "3.14")]
OPEN = {str(number) for number in range(4242, 4263)}


def found(outcome):
    # In JSON a quote within a value is escaped; nothing of a secret is.
    return set(PLANTED.findall(outcome.out + outcome.err))


@pytest.fixture(params=VERSIONS)
def planted(request, start):
    running = start(request.param, "values/planted.py", *ARGUMENTS, env=ENVIRONMENT)
    running.wait_asleep()
    return running


def shown(outcome):
    return set(re.findall(r"42\d\d", outcome.out))


def test_of_a_process(planted, stillframe):
    everything = found(stillframe("dump", "--json", *DEEP, "--no-redact", planted.pid))
    assert len(everything) > 50
    for options in ([], ["--json"], ["--locals"], ["--locals", "--json"], DEEP, [*DEEP, "--json"],
                    [*DEEP[:3], "--max-string", 12], [*DEEP[:3], "--max-string", 30, "--json"], ["--native-all", *DEEP]):
        outcome = stillframe("dump", *options, planted.pid)
        assert outcome.code == 0, outcome.err
        assert found(outcome) == set(), options
        assert "<redacted>" in outcome.out
        # Nor the beginning of one, where texts are cut.
        assert "PLANTED" not in outcome.out
    for options in ([], ["--json"], ["--watch", 0.1]):
        outcome = stillframe("why", *options, planted.pid)
        assert "PLANTED" not in outcome.out + outcome.err
    assert found(stillframe("why", "--no-redact", planted.pid)) >= {"PLANTEDc01", "PLANTEDc02", "PLANTEDc03", "PLANTEDc04"}
    assert found(stillframe("dump", "--no-redact", planted.pid)) >= {"PLANTEDb05", "PLANTEDb07", "PLANTEDb08", "PLANTEDb09"}


def test_what_only_looks_alike_is_shown(planted, stillframe):
    for options in (DEEP, [*DEEP, "--json"]):
        assert shown(stillframe("dump", *options, planted.pid)) >= OPEN
    text = stillframe("dump", *DEEP, planted.pid).out
    for word in ("SESSION_COOKIE_SECURE=True", "has_password=False", "password=None", "password_hasher=<built-in function len>",
                 "--password=<redacted> --db-token <redacted>", "https://ada:<redacted>@shop/", "pin=17",
                 "mysql+pymysql://mail:<redacted>@mail-db:3306/box?charset=utf8", "'DB_PASSWORD': <redacted>",
                 "Driver=PG;Server=db;Uid=ada;Pwd=<redacted>;Port=5432"):
        assert word in text


def test_of_objects(planted, stillframe):
    everything = found(stillframe("inspect", "--no-redact", "--depth", 12, *LARGE, planted.pid, "__main__.mailer"))
    assert len(everything) > 35
    for options in ([], ["--json"]):
        outcome = stillframe("inspect", "--depth", 12, *LARGE, *options, planted.pid, "__main__.mailer", "os.environ")
        assert outcome.code == 0, outcome.err
        assert "PLANTED" not in outcome.out
        for name in ("dsn", "login[1]", "header_pairs[0][1]", "header_pairs[2][1]", "command[4]", "command[5]", "auth", "auth[1]",
                     "settings['smtp']['server']['account']['secret_key']", "cookies[0].value", "vault.unlock_pwd",
                     "settings['variables'][0]['value']", "credentials['kind']['inner'][0]", "long", "request", "pem"):
            outcome = stillframe("inspect", *options, planted.pid, f"__main__.mailer.{name}")
            assert "PLANTED" not in outcome.out, name
            assert outcome.code == 0 and "<redacted>" in outcome.out, name


def test_of_a_core(planted, stillframe):
    core = planted.core()
    where = ["--lib-search-root", planted.interpreter.root] if planted.interpreter.root else []
    for command in (["core"], ["core", "--json"], ["core", *DEEP], ["core", *DEEP, "--json"], ["why"], ["why", "--json"],
                    ["tasks"], ["inspect"]):
        names = ["__main__.mailer"] if command == ["inspect"] else []
        outcome = stillframe(*command, *where, core, *names)
        assert "PLANTED" not in outcome.out + outcome.err, command
    assert len(found(stillframe("core", *DEEP, "--no-redact", *where, core))) > 50


@pytest.mark.parametrize("interpreter", [one for one in VERSIONS if one.id != "2.7"])
def test_of_tasks(start, stillframe, interpreter):
    running = start(interpreter, "tasks/planted.py", *ARGUMENTS)
    running.wait_asleep()
    for options in ([], ["--json"]):
        outcome = stillframe("tasks", *options, running.pid)
        assert outcome.code == 0 and "PLANTED" not in outcome.out, outcome.out
        assert found(stillframe("tasks", *options, "--no-redact", running.pid)) >= {
            "PLANTEDd05", "PLANTEDd06", "PLANTEDc01", "PLANTEDc03"}


def test_more_names(planted, stillframe):
    """--redact goes for the command line too, and hides whatever a name holds."""
    outcome = stillframe("dump", "--redact", "url", "--redact", "key?oard", *DEEP, planted.pid)
    assert "de-4248" not in outcome.out and "keyboard=<redacted>" in outcome.out
    assert "--url <redacted>" in outcome.out


def test_columns_are_those_of_what_is_shown(planted, stillframe):
    if planted.interpreter.id in ("2.7", "3.8"):
        return  # without columns
    frames = [frame for thread in stillframe("dump", "--json", planted.pid).still["threads"] for frame in thread["frames"]]
    [wait] = [frame for frame in frames if frame["function"] == "wait"]
    assert wait["source"][wait["column"] - 1:wait["end_column"] - 1] == "time.sleep(1000)"


# Every character of the classes that a terminal acts on or that nobody sees, as the program has them.
INVISIBLE = [*range(1, 0x20), *range(0x7F, 0xA0), 0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x17B4, 0x180E, *range(0x200B, 0x2010),
             *range(0x2028, 0x202F), *range(0x2060, 0x2070), 0x3164, 0xFEFF, 0xFFA0, 0xFFF9, 0xE0001, 0xE0041, 0xE007F]
PATTERN = re.compile("[" + "".join(map(re.escape, map(chr, INVISIBLE))) + "]")


def test_no_character_that_a_terminal_acts_on(start, stillframe):
    running = start(interpreters.ONE, "invisible.py")
    running.wait_asleep()
    name = "".join(map(chr, INVISIBLE))
    for command in (["dump"], ["dump", "--locals"], ["why"], ["tasks"], ["inspect"]):
        names = ["__main__.name"] if command == ["inspect"] else []
        text = stillframe(*command, running.pid, *names).out
        assert not PATTERN.search(text.replace("\n", "")), command
        [line] = stillframe(*command, "--json", running.pid, *names).out.splitlines()
        assert not PATTERN.search(line), command
        json.loads(line)
    # What is parsed is what the program had.
    still = stillframe("dump", "--json", running.pid).still
    assert name in {thread["name"] for thread in still["threads"]}
