#!/usr/bin/env python3
"""Writes what this interpreter's own traceback draws under source lines.

    python3.12 tests/golden/make_underlines.py > tests/golden/underlines_3.12.tsv
    python3.13 tests/golden/make_underlines.py > tests/golden/underlines_3.13.tsv

Every expression of every statement below is drawn as if it were the running one. A line of the output is: the source
line, the byte columns where the expression begins and ends, and the marks ("" where Python draws none).
"""

import ast
import linecache
import sys
import traceback

STATEMENTS = r'''
total = price(x) + tax(y)
total = price(x)
total = self.price(x)
a = b = f(1)
a[0] = f(1)
a, b = f(1)
x: int = f(1)
x += f(1)
f(1)
obj.method(1)(2)[3].attr
return f(1)
return f(1)  # why
return obj.f(1)
return f(1) + 1
return (f(1))
return await f(1)
a + b
a + b + c
a + b * c
a * b + c
a ** b ** c
-a ** b
a ** -b
-a + b
~a | b & c ^ d
a << b >> c
a // b % c @ d
a - (b - c)
(a + b) * c
(a + b) * (c + d)
x = (a + b) [c]
a [0]
a[0][1]
a[b[c]]
a[1:2, ::3]
d["key"]["other"]
d['a"b'] + "c'd"
f("(", ")")[0]
f (x)
f(x)(y)
f(*args, **kwargs)
f(a=b, c=d + e)
f(x for x in y)
[x for x in y if x(1)]
{k: v for k, v in f(1)}
not f(1)
a and f(1)
a or b + c
a if b(1) else c(2)
lambda: f(1)
a < b + c
a == f(1)
a in f(1)
a is not f(1)
(y := f(1)) + 2
yield f(1)
x = yield f(1)
await f(1)
raise E(1)
raise E(1) from f(2)
assert f(1), g(2)
del a[0], b.c(1)[2]
for x in f(1): g(x)
while f(1): g(2)
if f(1): g(2)
with f(1) as x: g(x)
with open("a") as x, open("b") as y: pass
import os
x = 1; y = f(2)
y = f(2); x = 1
x = f"{a + b}" + f(1)
x = f"{a!r:>{width}}" % y
x = r"\d" + b"x".decode()
x = "a" "b" % c
x = """a""" + f(1)
x = 1.5e-3 + 0x1e+2
x = 1_000 * 2j
x = a.b.c(1).d[2](3)
größe = preis(stück) + mwst(stück)
名前 = 値(数) + 合計[鍵]
x = "漢字" + f("漢字")
x = {1, 2} | {3}
x = {**a, "b": f(1)}
x = [*a, f(1)]
x = a[f(1)] + b[g(2)]
x = f(1) if y else z
x = f(1) or z
x = (f(1), g(2))
x = not a + b
print(a, b, sep="", end=f(1))
a@b
a+b
a+(b)
a //b
a// b
a<<(b)
return a[0]
return a.b
'''.strip().splitlines()


def main():
    for number, statement in enumerate(STATEMENTS):
        line = "    " + statement
        name = f"<golden {number}>"
        linecache.cache[name] = (len(line) + 1, None, [line + "\n"], name)
        tree = ast.parse("async def f():\n" + line)
        shown = set()
        for node in ast.walk(tree):
            if not isinstance(node, (ast.expr, ast.stmt)) or isinstance(node, ast.AsyncFunctionDef):
                continue
            if isinstance(node, (ast.Constant, ast.FormattedValue, ast.JoinedStr)):
                continue
            begin, end = node.col_offset, node.end_col_offset
            if (begin, end) in shown or line.encode()[begin:end].startswith((b'"', b"'")):
                continue
            shown.add((begin, end))
            frame = traceback.FrameSummary(name, 1, "f", end_lineno=1, colno=begin, end_colno=end)
            drawn = traceback.StackSummary.from_list([frame]).format()[0].splitlines()
            marks = drawn[2][4:] if len(drawn) > 2 else ""
            print(line, begin, end, marks, sep="\t")


if __name__ == "__main__":
    sys.exit(main())
