"""Compares the values of a program of tests/programs/values with what the program says of them itself."""

OPTIONS = ["--json", "--locals", "--max-items", 100_000, "--max-string", 1_000_000, "--no-redact"]


def local(still: dict, name: str) -> dict:
    """The local of that name, which one frame alone has."""
    [found] = [one for thread in still["threads"] for frame in thread["frames"] for one in frame["locals"] if one["name"] == name]
    return found


def children(still: dict, name: str = "values") -> list[dict]:
    """The parts of that local."""
    return local(still, name)["children"]


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


def around(text: str, other: str) -> str:
    """The text where it begins to differ from another."""
    at = next((i for i, (one, two) in enumerate(zip(text, other)) if one != two), min(len(text), len(other)))
    return repr(text[max(at - 60, 0):at + 240])


def differences(still: dict, truth: dict) -> list[str]:
    values = held(still)
    assert len(values) == len(truth["expected"]), (len(values), len(truth["expected"]))
    return [f"{value['name']} ({value['type']}, {how}): {around(value['value'], expected)} is not {around(expected, value['value'])}"
            for value, (how, expected) in zip(values, truth["expected"])
            if not agrees(how, expected, value["value"])]


def check(still: dict, truth: dict) -> None:
    wrong = differences(still, truth)
    assert not wrong, f"{len(wrong)} of {len(truth['expected'])} differ:\n" + "\n".join(wrong[:20])


def check_children(still: dict, told: list[str], agree=str.__eq__) -> None:
    """The parts of the local `values` are what the program told of them: agree(shown, known)."""
    shown = [one["value"] for one in children(still)]
    assert len(shown) == len(told)
    wrong = [(one, known) for one, known in zip(shown, told) if not agree(one, known)]
    assert not wrong, "\n".join([f"{len(wrong)} are wrong, such as", *map(str, wrong[:10])])
