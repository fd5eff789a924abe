"""Compares the values of a program of tests/programs/values with what the program says of them itself."""

OPTIONS = ["--json", "--locals", "--max-items", 100_000, "--max-string", 1_000_000, "--no-redact"]


def held(still: dict) -> list[dict]:
    """The values that _generated.Values.wait() holds, in their order."""
    [thread] = still["threads"]
    [frame] = [frame for frame in thread["frames"] if frame["function"] == "hold"]
    return [value for value in frame["locals"] if value["name"].startswith("v")]


def agrees(how: str, expected: str, text: str) -> bool:
    if how == "same":
        return text == expected
    if how.startswith("ends "):
        return text.startswith(expected.removesuffix(">")) and text.endswith(how.removeprefix("ends "))
    assert how == "begins" and expected.endswith(">")
    return text.startswith(expected[:-1]) and text.endswith(">")


def differences(still: dict, truth: dict) -> list[str]:
    values = held(still)
    assert len(values) == len(truth["expected"]), (len(values), len(truth["expected"]))
    return [f"{value['name']} ({value['type']}, {how}): {value['value'][:300]!r} is not {expected[:300]!r}"
            for value, (how, expected) in zip(values, truth["expected"])
            if not agrees(how, expected, value["value"])]


def check(still: dict, truth: dict) -> None:
    wrong = differences(still, truth)
    assert not wrong, f"{len(wrong)} of {len(truth['expected'])} differ:\n" + "\n".join(wrong[:20])
