#!/usr/bin/env python3
"""Writes src/text/display_width_table.h: which characters take two columns on a screen, and which take none.

    python3.13 tools/make_width_table.py > src/text/display_width_table.h

The facts are those of the running interpreter's unicodedata. Ranges grow over unassigned code points, which keeps the
table small.
"""

import sys
import unicodedata

from unicode_tables import AFTER, BEFORE, print_table


def ranges(wanted):
    found = []
    assigned_since = False  # an assigned character outside the range has been seen since its end
    for code in range(0x300, 0x110000):
        character = chr(code)
        category = unicodedata.category(character)
        if wanted(code, character, category):
            if found and not assigned_since:
                found[-1][1] = code
            else:
                found.append([code, code])
            assigned_since = False
        elif category != "Cn":
            assigned_since = True
    return found


def is_wide(code, character, category):
    return unicodedata.east_asian_width(character) in "WF" and category not in ("Mn", "Me", "Cn")


def is_zero(code, character, category):
    return category in ("Mn", "Me", "Cf") or 0x1160 <= code <= 0x11FF  # the latter: parts of Hangul syllables


def main():
    print(f"""// Made by tools/make_width_table.py from Unicode {unicodedata.unidata_version}; do not edit.
#pragma once

#include <array>

namespace stillframe::model {{

struct CodePointRange {{
  char32_t first;
  char32_t last;
}};

{BEFORE}
// East Asian Wide and Fullwidth (UAX #11).""")
    print_table("kWide", ranges(is_wide))
    print("// Combining marks and format characters: nothing on the screen of their own.")
    print_table("kZeroWidth", ranges(is_zero))
    print(f"{AFTER}\n\n}}  // namespace stillframe::model")


if __name__ == "__main__":
    sys.exit(main())
