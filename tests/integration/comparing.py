"""Comparing a still with what the program itself said of its stacks, frame by frame, line by line, column by column."""

import unicodedata


def display_width(text: str) -> int:
    width = 0
    for letter in text:
        if not unicodedata.combining(letter):
            width += 2 if unicodedata.east_asian_width(letter) in "WF" else 1
    return width


def display_column(source: str | None, byte: int | None) -> int | None:
    """The 1-based display column of a byte offset, None where there is no line to count in."""
    if source is None or byte is None:
        return None
    return display_width(source.encode()[:byte].decode()) + 1


def expected_frame(frame: dict) -> dict:
    expected = {key: frame[key] for key in ("file", "line", "function", "qualified_name", "source")}
    line, end_line, column, end_column = frame["positions"] or (frame["line"], None, None, None)
    if frame["positions"]:
        expected["end_line"] = end_line
        expected["column"] = display_column(frame["source"], column)
        if end_line == line:
            expected["end_column"] = display_column(frame["source"], end_column)
    return expected


def shown_frame(frame: dict, like: dict) -> dict:
    return {key: frame[key] for key in like}


def check(still: dict, truth: dict) -> None:
    """Every thread that the program knows is in the still, once, with the same stack; and no other one is."""
    shown = list(still["threads"])
    [witness] = [one for one in shown if one["name"] == "witness"]
    assert witness["frames"][-1]["function"] in ("wait", "acquire")
    shown.remove(witness)
    for thread in truth["threads"]:
        expected = [expected_frame(frame) for frame in thread["frames"]]
        if thread["native_id"] is not None:
            matches = [one for one in shown if one["tid"] == thread["native_id"]]
        elif thread["name"] is not None:
            matches = [one for one in shown if one["name"] == thread["name"]]
        else:  # a thread that the threading module has not heard of
            matches = [one for one in shown if one["name"] is None]
        assert len(matches) == 1, f"{thread['name']}: {len(matches)} threads of the still"
        [match] = matches
        assert match["name"] == thread["name"]
        assert match["complete"], match["incomplete_reason"]
        got = [shown_frame(frame, like) for frame, like in zip(match["frames"], expected)]
        assert got == expected
        assert len(match["frames"]) == len(expected)
        shown.remove(match)
    assert not shown, f"threads that the program does not know: {shown}"
