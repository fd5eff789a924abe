// Text and bytes as repr() writes them: in quotes, with escapes.
#pragma once

#include <string>
#include <string_view>

namespace stillframe::cpython {

// Bytes, str of 2.7 and text that is ASCII: what is not printable ASCII is escaped. Without a prefix.
// `all_quotes`: a single quote is escaped whatever the quotes are.
void append_bytes_repr(std::string& out, std::string_view bytes, bool all_quotes = false);

// Text: Unicode's printable characters stand as they are (as UTF-8), lone surrogates as \udc80. `ascii_only`: unicode
// of 2.7, which escapes all but ASCII.
void append_text_repr(std::string& out, std::u32string_view text, bool ascii_only = false);

}  // namespace stillframe::cpython
