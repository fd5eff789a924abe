"""A core damaged in a thousand ways: each time an answer, within seconds, and never a crash of Stillframe.

Run as a program it measures: of how many damaged cores is a stack shown, and how many are told to be damaged?

    python3 tests/integration/test_mutations.py [--count 100] [--seed 1] [CORE]
"""

import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools"))
import mutate_core  # noqa: E402

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
SANITIZED = pathlib.Path(os.environ.get("STILLFRAME_SANITIZED", REPOSITORY / "build" / "sanitize" / "stillframe"))
WORKERS = 2
TIME_LIMIT = 10  # seconds for one core
REPORTS = ("AddressSanitizer", "LeakSanitizer", "runtime error:", "terminate called", "Assertion")


def look(program, path):
    """(exit code or None when it took too long, standard output, standard error)"""
    try:
        run = subprocess.run([program, "core", "--json", path], capture_output=True, timeout=TIME_LIMIT)
    except subprocess.TimeoutExpired:
        return None, b"", b""
    return run.returncode, run.stdout, run.stderr


def judge(code, out, err):
    """What is wrong with an answer; nothing when it is a good one."""
    if code is None:
        return f"it took more than {TIME_LIMIT} s"
    if code not in (0, 1, 3):
        return f"exit code {code}: {err[-2000:].decode(errors='replace')}"
    for report in REPORTS:
        if report.encode() in err:
            return err[:4000].decode(errors="replace")
    if code == 1:
        return None if err.strip() else "it showed nothing and said nothing"
    try:
        json.loads(out)
    except ValueError as error:
        return f"its JSON cannot be read: {error}"
    return None


def stacks(out):
    """How many threads are shown with frames."""
    try:
        return sum(1 for thread in json.loads(out)["threads"] if thread["frames"])
    except ValueError:
        return 0


def chains(out):
    """{tid: [(function, line)]} of the threads that are shown as whole."""
    try:
        return {thread["tid"]: [(frame["function"], frame["line"]) for frame in thread["frames"]]
                for thread in json.loads(out)["threads"] if thread["complete"]}
    except ValueError:
        return {}


def look_at_all(program, core, chosen, visit):
    """Calls visit(mutation, code, out, err) for each damaged core; two are looked at side by side."""
    with tempfile.TemporaryDirectory(dir=core.path.parent) as folder:
        def work(share):
            path = f"{folder}/core-{share}"
            fd = mutate_core.copy(core, path)
            for mutation in chosen[share::WORKERS]:
                mutate_core.apply(mutation, fd)
                visit(mutation, *look(program, path))
                mutate_core.undo(mutation, fd, core)
            os.close(fd)

        with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
            for done in [pool.submit(work, share) for share in range(WORKERS)]:
                done.result()


def test_thousand_mutations(start):
    import interpreters
    assert SANITIZED.exists(), f"{SANITIZED} is missing: cmake --preset sanitize && ninja -C build/sanitize stillframe"
    running = start(interpreters.ONE, "core_to_damage.py", flags=["-S", "-E"])
    running.wait_asleep()
    core = mutate_core.Core(running.core())
    wrong = []

    def visit(mutation, code, out, err):
        if problem := judge(code, out, err):
            wrong.append(f"{mutation.description}\n    {problem}")

    count = int(os.environ.get("STILLFRAME_MUTATIONS", "1000"))
    look_at_all(SANITIZED, core, list(mutate_core.mutations(core, 1, count)), visit)
    assert not wrong, f"{len(wrong)} of {count}:\n" + "\n".join(wrong[:5])


def measure(program, core, count, seed):
    shown, codes, silent = collections.Counter(), collections.Counter(), 0
    totals = collections.Counter()
    truth = chains(look(program, core.path)[1])
    shorter = []

    def visit(mutation, code, out, err):
        nonlocal silent
        totals[mutation.kind] += 1
        codes[code] += 1
        shown[mutation.kind] += 1 if stacks(out) else 0
        silent += 1 if judge(code, out, err) else 0
        for tid, chain in chains(out).items():
            # A name may be damaged in itself; another number of frames must not be called whole.
            if code == 0 and tid in truth and len(chain) != len(truth[tid]):
                shorter.append(f"thread {tid} has {len(chain)} of {len(truth[tid])} frames: {mutation.description[:100]}")
        if code == 0 and (lost := set(truth) - set(chains(out))):
            shorter.append(f"threads {lost} are missing: {mutation.description[:100]}")
        if not stacks(out):
            print(f"no stack: {mutation.description[:100]}")

    look_at_all(program, core, list(mutate_core.mutations(core, seed, count)), visit)
    for text in shorter:
        print(f"wrong with exit code 0: {text}")
    for kind, total in sorted(totals.items()):
        print(f"{kind:20} {shown[kind]:4} of {total} gave a stack")
    print(f"{'all':20} {sum(shown.values()):4} of {count} gave a stack; exit codes {dict(codes)}; {silent} bad answers")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("core")
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--program", default=str(REPOSITORY / "build" / "release" / "stillframe"))
    arguments = parser.parse_args()
    measure(arguments.program, mutate_core.Core(arguments.core), arguments.count, arguments.seed)


if __name__ == "__main__":
    main()
