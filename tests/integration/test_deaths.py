"""Why a process died, against GDB on the same core, and what is kept of Python's exceptions."""

import re
import subprocess

import pytest

import incident_book
from interpreters import BY_ID
from test_incidents import begin, core_of

ONE = BY_ID["3.12"]
# In which the processor refused something, and the thread that died is still where it did.
FAULTS = ["division_in_c", "mapped_file_truncated", "null_callback", "null_field", "null_pointer", "pointer_cut_to_32_bits",
          "pointer_overwritten_by_text", "stack_overflow_in_c", "stack_overflow_in_thread", "write_to_constant"]


def incident_named(name: str) -> incident_book.Incident:
    [found] = [one for one in incident_book.incidents() if one.name == name]
    return found


def died(start, name: str):
    """The program, once it has, and its core."""
    incident = incident_named(name)
    program = begin(start, incident, ONE)
    return program, core_of(program, incident)


def asked_of_gdb(core, *expressions: str) -> list[str]:
    """What GDB says of the thread that died, one answer for each."""
    commands = [part for one in expressions for part in ("-ex", "echo \\n=\\n", "-ex", one)]
    run = subprocess.run(["gdb", "-nx", "-batch", "-iex", "set auto-load off", "-ex", "set disassembly-flavor intel",
                          *commands, ONE.executable, core], text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return [answer.strip() for answer in run.stdout.split("\n=\n")[1:]]


def plain(instruction: str) -> str:
    """What it touches in memory, else all of it, without what only the two ways of writing differ in."""
    text = re.sub(r"\s|\*1\b|<.*|#.*", "", instruction.lower())
    return re.sub(r"\b0x(\d)\b|\+0x0\b", r"\1", (re.findall(r"\[.*\]", text) or [text])[0])


@pytest.mark.parametrize("name", FAULTS)
def test_fault_is_what_gdb_says(start, stillframe, name):
    _, core = died(start, name)
    crash = stillframe("core", "--json", core).still["crash"]
    fault = crash["fault"]
    names = [one["name"] for one in fault["registers"]]
    pc, code, address, text, *values = asked_of_gdb(
        core, "print/x $pc", "print $_siginfo.si_code", "print/x $_siginfo._sifields._sigfault.si_addr", "x/i $pc",
        *(f"print/x ${one}" for one in names))
    assert fault["pc"] == pc.split()[-1]
    assert [one["value"] for one in fault["registers"]] == [value.split()[-1] for value in values]
    if int(code.split()[-1]) == 0x80:  # SI_KERNEL: the kernel does not say which address it was
        assert crash["fault_address"] is None
    else:
        assert crash["fault_address"] == address.split()[-1]
        assert crash["signal"] == "SIGFPE" or fault["address"] == crash["fault_address"]
    if fault["access"] == "execute":
        assert fault["instruction"] is None and "Cannot access memory" in text
    else:
        assert plain(fault["instruction"]) == plain(re.sub(r"^.*?:\t", "", text))


def test_healthy_process_has_no_death(start, stillframe):
    """A core that was taken of a process which went on."""
    program = begin(start, *[one for one in incident_book.healthy() if one.name == "pool_at_leisure"], ONE)
    outcome = stillframe("why", "--json", program.gcore())
    assert outcome.still["crash"] is None
    assert [one["id"] for one in outcome.still["findings"] if one["severity"] != "note"] == []


def test_exceptions_with_cause_and_way(start, stillframe):
    program, core = died(start, "abort_in_excepthook")
    crash = stillframe("core", "--json", core).still["crash"]
    lines = {tag: incident_named("abort_in_excepthook").line_of(tag) for tag in ("RAISES", "LOOKS", "BEGINS")}
    raised, cause = crash["exceptions"]
    assert (raised["type"], raised["text"], raised["last"]) == ("RuntimeError", "RuntimeError('no price for EURUSD')", True)
    assert [(call["function"], call["line"]) for call in raised["traceback"]] == [
        ("<module>", lines["BEGINS"]), ("total", lines["RAISES"])]
    assert raised["from"] == 1 and raised["from_cause"]
    assert (cause["type"], cause["text"], cause["last"]) == ("KeyError", "KeyError('EURUSD')", False)
    assert cause["traceback"][-1]["line"] == lines["LOOKS"]
    assert all(call["file"].startswith(str(program.folder)) for call in raised["traceback"])


def test_text_of_a_core_begins_with_why(start, stillframe):
    _, core = died(start, "null_pointer")
    shown = stillframe("core", core).out
    assert "strlen" in shown[shown.index("certain: Thread"):].splitlines()[0]
