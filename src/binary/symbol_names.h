// The name of a function as its DIE has it.
#pragma once

#include <elfutils/libdw.h>

#include <string>

namespace stillframe::binary {

// An attribute that is text; empty where there is none.
std::string text_of(Dwarf_Die die, unsigned int name);

// Types hold no functions in the language of this DIE's unit, and no namespaces hold anything.
bool is_plain_c(Dwarf_Die die);

// Demangled; of C++ without a linkage name (what is in no other unit, such as an anonymous namespace) qualified by what
// is around it. Empty when the DIE has no name, and neither has what it is an instance of.
// `alone`: libdw was shown this unit only; `elsewhere` then becomes true when the name may stand in another one.
std::string function_name(Dwarf_Die die, bool alone, bool& elsewhere);

}  // namespace stillframe::binary
