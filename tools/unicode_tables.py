"""How the tools of this folder write ranges of characters as C++ tables."""

BEFORE = "// clang-format off\n// NOLINTBEGIN(modernize-use-designated-initializers): data"
AFTER = "// NOLINTEND(modernize-use-designated-initializers)\n// clang-format on"


def print_table(name, pairs, kind="CodePointRange"):
    """Prints an array of (first, last) pairs of code points."""
    print(f"inline constexpr std::array<{kind}, {len(pairs)}> {name}{{{{")
    line = "   "
    for first, last in pairs:
        entry = f" {{0x{first:x}, 0x{last:x}}},"
        if len(line) + len(entry) > 118:
            print(line)
            line = "   "
        line += entry
    print(line)
    print("}};")
