#include "render/screen.h"

#include <fmt/format.h>

#include "render/escape.h"

namespace stillframe::render {

void Screen::line(std::string_view text, std::string_view look) {
  write(cut(text, options_.width), look);
}

void Screen::paragraph(std::string_view text, std::string_view indent, std::string_view look) {
  write(wrapped(text, indent, options_.width), look);
}

void Screen::fitted_line(std::string_view text) {
  write(options_.color ? std::string(text) : cut(text, options_.width));
}

void Screen::write(std::string_view shown, std::string_view look) {
  out_ += styled(shown, look);
  out_ += '\n';
}

std::string Screen::styled(std::string_view text, std::string_view look) const {
  return options_.color && !look.empty() && !text.empty() ? fmt::format("{}{}{}", look, text, style::kOff)
                                                          : std::string(text);
}

}  // namespace stillframe::render
