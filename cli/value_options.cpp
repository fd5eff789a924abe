// --locals and what goes with it, the same for every command that shows values.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "command.h"

namespace stillframe::cli {
namespace {

// Of one value as a whole, unless limits of its parts are given.
constexpr std::size_t kUsualText = 500;
constexpr std::size_t kMostText = std::size_t{1} << 20U;
constexpr std::uint32_t kMostDepth = 20;
constexpr std::uint64_t kMostParts = std::uint64_t{1} << 30U;

// --max-string, --max-items and what hides names; `needs` where they mean nothing without another option.
void add_limits(CLI::App& command, capture::ValueOptions& values, CLI::Option* needs) {
  const auto only_with = [needs](CLI::Option* option) { return needs == nullptr ? option : option->needs(needs); };
  const auto limit = [&](const char* name, std::uint64_t& into, std::string_view help) {
    only_with(command
                  .add_option_function<std::uint64_t>(
                      name,
                      [&values, &into](std::uint64_t count) {
                        into = count;
                        values.limits.max_text = kMostText;
                      },
                      fmt::format("{} ({})", help, into))
                  ->check(CLI::Range(std::uint64_t{0}, kMostParts))
                  ->type_name("N"));
  };
  limit("--max-string", values.limits.max_string, "Show that many characters of a text");
  limit("--max-items", values.limits.max_items, "Show that many items of a container, attributes of an object");
  CLI::Option* redact =
      only_with(command
                    .add_option_function<std::vector<std::string>>(
                        "--redact",
                        [&values](const std::vector<std::string>& patterns) {
                          for (const std::string& pattern : patterns) {
                            values.redaction.add(pattern);
                          }
                        },
                        "Also hide what is called so: arguments, locals, attributes, keys; * stands for any letters. "
                        "Names such as password, token and secret are hidden anyway")
                    ->allow_extra_args(false)
                    ->type_name("PATTERN"));
  only_with(command.add_flag_callback(
                "--no-redact", [&values] { values.redaction = cpython::Redaction::none(); }, "Hide nothing"))
      ->excludes(redact);
}

}  // namespace

void add_value_options(CLI::App& command, capture::ValueOptions& values) {
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
  add_limits(command, values, locals);
}

void add_object_options(CLI::App& command, capture::Options& reading) {
  constexpr std::uint64_t kUsualString = 500;
  constexpr std::uint64_t kUsualItems = 50;
  reading.values.limits.max_text = kUsualText;
  reading.values.limits.max_string = kUsualString;
  reading.values.limits.max_items = kUsualItems;
  command.add_option("--depth", reading.objects.depth, "How many levels of parts are shown, one within the other")
      ->check(CLI::Range(std::uint32_t{0}, kMostDepth))
      ->capture_default_str()
      ->type_name("N");
  add_limits(command, reading.values, nullptr);
}

}  // namespace stillframe::cli
