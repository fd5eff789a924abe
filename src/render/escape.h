// Strings from a target are untrusted text: nothing of them may reach a terminal as a control sequence.
#pragma once

#include <string>
#include <string_view>

namespace stillframe::render {

// Appends `text` with control characters, escape sequences, bidirectional controls and bytes that are no UTF-8 shown as
// \x1b, \u202e, \xff. Tabs become one blank, so that columns stay.
void append_escaped(std::string& out, std::string_view text);
std::string escaped(std::string_view text);

// `text` cut to `width` columns, its end replaced by "…" where it is longer; 0: not cut.
std::string cut(std::string_view text, int width);

// The same with its beginning replaced: of a path the end says most.
std::string cut_front(std::string_view text, int width);

// `text` broken between words into lines of at most `width` columns, the second and later ones behind `indent`; a word
// that is longer stays whole. 0: one line.
std::string wrapped(std::string_view text, std::string_view indent, int width);

}  // namespace stillframe::render
