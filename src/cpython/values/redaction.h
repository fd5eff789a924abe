// What is secret of a program's objects: by what they are called, and by what stands next to them.
#pragma once

#include <optional>
#include <string_view>

#include "cpython/objects/objects.h"
#include "cpython/values/types.h"
#include "text/redaction.h"

namespace stillframe::cpython {

using text::kRedacted;
using text::Redaction;

// What a str or bytes object says, as far as secrets are told by it; nothing where it is neither, or cannot be read.
std::optional<std::string> secret_text(const Objects& objects, const Type& type, Address object);

// Whether an object is hidden by what its name means.
bool is_hidden(const Redaction& redaction, const text::NameMeaning& meaning, const Objects& objects, Types& types,
               Address object);

// What the item before another one in a tuple or list means for that: of ("password", "…"), and of "--password" in a
// command. `count`: how many items there are.
text::NameMeaning meaning_for_next(const Redaction& redaction, std::string_view item, std::uint64_t count);

}  // namespace stillframe::cpython
