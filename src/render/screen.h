// What the lines of a still are written to: cut to the terminal's width, in the terminal's colors.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "render/text.h"

namespace stillframe::render {

namespace style {
constexpr std::string_view kHeading = "\x1b[1m";
constexpr std::string_view kFile = "\x1b[36m";
constexpr std::string_view kFunction = "\x1b[33m";
constexpr std::string_view kFaint = "\x1b[2m";
constexpr std::string_view kMark = "\x1b[1;31m";
constexpr std::string_view kWarning = "\x1b[1;35m";
constexpr std::string_view kOff = "\x1b[0m";
}  // namespace style

// Text from a target is escaped before it comes here.
class Screen {
 public:
  // `options` are kept by reference.
  explicit Screen(const TextOptions& options) : options_(options) {}

  [[nodiscard]] const TextOptions& options() const { return options_; }
  [[nodiscard]] int width() const { return options_.width; }  // 0: not limited

  // One line, cut to the terminal's width, in one style.
  void line(std::string_view text, std::string_view look = {});

  // What must be read whole: broken between words.
  void paragraph(std::string_view text, std::string_view indent, std::string_view look = {});

  // One line that was made to fit and holds styles of its own. Without color it is cut all the same: on a screen of
  // hardly any columns the shortest parts are still too wide.
  void fitted_line(std::string_view text);

  // As it is, whatever its width.
  void write(std::string_view shown, std::string_view look = {});

  void blank_line() { out_ += '\n'; }

  [[nodiscard]] std::string styled(std::string_view text, std::string_view look) const;

  // All that was written.
  [[nodiscard]] std::string take() && { return std::move(out_); }

 private:
  const TextOptions& options_;
  std::string out_;
};

}  // namespace stillframe::render
