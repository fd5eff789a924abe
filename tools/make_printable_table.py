#!/usr/bin/env python3
"""Writes src/cpython/values/printable_table.h: which characters repr() escapes.

    python3.13 tools/make_printable_table.py > src/cpython/values/printable_table.h

The facts are those of the running interpreter's str.isprintable(). Each version of Python has the Unicode of its time:
a character that became one later is escaped by an older Python and not here.
"""

import unicodedata

from unicode_tables import AFTER, BEFORE, print_table


def ranges():
    found = []
    for code in range(0x80, 0x110000):
        if not chr(code).isprintable():
            if found and found[-1][1] == code - 1:
                found[-1][1] = code
            else:
                found.append([code, code])
    return found


def main():
    print(f"""// Made by tools/make_printable_table.py from Unicode {unicodedata.unidata_version}; do not edit.
#pragma once

#include <array>

#include "text/display_width_table.h"

namespace stillframe::cpython {{

{BEFORE}
// What str.isprintable() says no to, from U+0080 on.""")
    print_table("kNotPrintable", ranges(), "text::CodePointRange")
    print(f"{AFTER}\n\n}}  // namespace stillframe::cpython")


if __name__ == "__main__":
    main()
