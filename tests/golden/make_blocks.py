#!/usr/bin/env python3
"""Writes what this interpreter's own traceback shows of expressions that span several lines (Python 3.13 and later).

    python3.13 tests/golden/make_blocks.py > tests/golden/blocks_3.13.tsv

Every expression that spans lines of every statement below is shown as if it were the running one. A line of the output
is: the lines of source that the expression stands on, the byte columns where it begins on the first and ends on the last
of them, and what Python shows; line ends within a field are written \\n, backslashes \\\\.
"""

import ast
import linecache
import sys
import traceback

# Blocks are indented as they stand here, behind a `def`.
STATEMENTS = r'''
total = price(
    x,
)
---
total = self.price(
    x,
    y,
)
---
f(
    1
)
---
return f(
    1,
    2,
)
---
return obj.f(
    1,
    2,
)
---
return f(
    1,
    2,
)  # why
---
return (
    f(1)
)
---
x = (
    a
    + b
)
---
x = (
    a(1)
    + b(2)
    + c(3)
    + d(4)
    + e(5)
    + g(6)
)
---
x = (a(1) +  # first
     # a line of its own
     b(2))
---
x = a(1) + \
    b(2)
---
x = a(1) \
    + b(2) * c(
        3)
---
x = data[
    key
]
---
x = data[
    a,
    b,
    c,
    d,
][
    0
]
---
x = f(
    1,
    2,
    3,
    4,
    5,
    6,
)
---
x = f(
    1,

    2,

    3,
)
---
x = (
    query
    .filter(
        a=1,
    )
    .order_by("x")
    .all()
)
---
x = [
    f(1),
    g(
        2,
    ),
]
---
x = {
    "a": f(
        1
    ),
    "b": 2,
}
---
x = f(
    """text
that stands at the margin
""",
    1,
)
---
x = f("""
    text
""") + g(1)
---
with open(
    "a",
) as x:
    pass
---
for x in f(
    1,
    2,
):
    pass
---
if f(
    1
) and g(
    2
):
    pass
---
x = f(1)(
    2
)
---
x = f(a)[
    0](3)
---
x = not f(
    1
)
---
x = [y for y in f(
    1
) if y]
---
x = f(y for y in
      g(1))
---
x = lambda: f(
    1
)
---
x: int = f(
    1
)
---
x = y = f(
    1
)
---
x[0] = f(
    1
)
---
x = await f(
    1
)
---
raise E(
    "a" "b"
    "c"
)
---
assert f(
    1
), g(
    2
)
---
名前 = 値(
    "漢字", 数
) + 合計[鍵]
---
x = "漢字" + f("漢",
               "字") + "漢"
---
print("a",
      "b", sep=f(
          1))
---
x = (a
     or b(
         1))
---
x = (yield
     f(1))
---
f(#)
  1)
---
f(1 if
  a else g(
      2)
  )
---
x = (a **
     b ** c(
         1))
---
x = -f(
    1)
---
x = a @ f(
    1)
---
x = a //\
    b
---
x = f (
    1)
---
x = f(1).b(
    2
    ).c(3)
---
x = obj.method \
    (1)
---
x = (obj
     .method)(
         1)
'''.strip("\n").split("\n---\n")


def field(text):
    return text.replace("\\", "\\\\").replace("\n", "\\n")


def main():
    assert sys.version_info >= (3, 13), "older versions show the first line alone"
    for number, statement in enumerate(STATEMENTS):
        # Text within a string keeps its place: it is part of what is shown.
        lines = ["    " + line if line and line != "that stands at the margin" else line
                 for line in statement.split("\n")]
        name = f"<golden {number}>"
        linecache.cache[name] = (1, None, [line + "\n" for line in lines], name)
        tree = ast.parse("async def f():\n" + "\n".join(lines))
        shown = set()
        for node in ast.walk(tree):
            if not isinstance(node, ast.expr) or isinstance(node, (ast.Constant, ast.FormattedValue, ast.JoinedStr)):
                continue
            first, last = node.lineno - 1, node.end_lineno - 1
            place = (first, last, node.col_offset, node.end_col_offset)
            if first == last or place in shown:
                continue
            shown.add(place)
            frame = traceback.FrameSummary(name, first, "f", end_lineno=last, colno=place[2], end_colno=place[3])
            drawn = traceback.StackSummary.from_list([frame]).format()[0].split("\n", 1)[1]
            drawn = "\n".join(line.rstrip() for line in drawn.rstrip("\n").split("\n"))
            print(field("\n".join(lines[first - 1:last])), place[2], place[3], field(drawn), sep="\t")


if __name__ == "__main__":
    sys.exit(main())
