// --locals and what goes with it, the same for every command that shows values.
#include <CLI/CLI.hpp>
#include <limits>
#include <string>

#include "command.h"

namespace stillframe::cli {
namespace {

// Of one value as a whole, unless limits of its parts are given.
constexpr std::size_t kUsualText = 500;
constexpr std::size_t kMostText = std::size_t{1} << 20U;
constexpr std::uint32_t kMostDepth = 20;
constexpr std::uint64_t kMostParts = std::uint64_t{1} << 30U;

}  // namespace

void add_value_options(CLI::App& command, photograph::ValueWishes& values) {
  values.limits.max_text = kUsualText;
  CLI::Option* locals = command.add_flag("--locals", values.wanted, "Show the arguments and locals of each call");
  command
      .add_option_function<std::uint32_t>(
          "--locals-depth",
          [&values](std::uint32_t depth) {
            values.limits.depth = depth;
            values.limits.max_text = kMostText;
            values.children = depth;
          },
          "How many objects within one another show their attributes (1); JSON has as many levels of `children`")
      ->check(CLI::Range(std::uint32_t{0}, kMostDepth))
      ->type_name("N")
      ->needs(locals);
  const auto limit = [&](const char* name, std::uint64_t& into, const char* help) {
    command
        .add_option_function<std::uint64_t>(
            name,
            [&values, &into](std::uint64_t count) {
              into = count;
              values.limits.max_text = kMostText;
            },
            help)
        ->check(CLI::Range(std::uint64_t{0}, kMostParts))
        ->type_name("N")
        ->needs(locals);
  };
  limit("--max-string", values.limits.max_string, "Show that many characters of a text (128)");
  limit("--max-items", values.limits.max_items, "Show that many items of a container, attributes of an object (16)");
  CLI::Option* redact = command
                            .add_option_function<std::vector<std::string>>(
                                "--redact",
                                [&values](const std::vector<std::string>& patterns) {
                                  for (const std::string& pattern : patterns) {
                                    values.redaction.add(pattern);
                                  }
                                },
                                "Also hide what is called so: arguments, locals, attributes, keys; * stands for any "
                                "letters. Names such as "
                                "password, token and secret are hidden anyway")
                            ->type_name("PATTERN")
                            ->needs(locals);
  command
      .add_flag_callback(
          "--no-redact", [&values] { values.redaction = cpython::Redaction::none(); }, "Hide nothing")
      ->needs(locals)
      ->excludes(redact);
}

}  // namespace stillframe::cli
