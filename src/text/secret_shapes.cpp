#include "text/secret_shapes.h"

#include <algorithm>
#include <array>

#include "text/letters.h"

namespace stillframe::text {
namespace {

// A prefix that its issuer documents, the letters behind it and the fewest that there are of them.
struct Form {
  std::string_view prefix;
  std::string_view also;  // besides letters and digits
  std::size_t fewest = 0;
  bool upper = false;  // no small letters
};

constexpr std::array<Form, 38> kForms{{
    {"AKIA", "", 16, true}, {"ASIA", "", 16, true},   {"AIza", "-_", 30},     {"SG.", "-_.", 30},
    {"dapi", "", 32},       {"dckr_pat_", "-_", 16},  {"dop_v1_", "", 32},    {"eyJ", "-_.=", 12},
    {"ghp_", "", 20},       {"gho_", "", 20},         {"ghu_", "", 20},       {"ghs_", "", 20},
    {"ghr_", "", 20},       {"github_pat_", "_", 20}, {"glpat-", "-_", 16},   {"glptt-", "-_", 16},
    {"hf_", "", 30},        {"hvs.", "-_", 20},       {"lin_api_", "", 20},   {"npm_", "", 30},
    {"pypi-", "-_", 16},    {"rk_live_", "", 16},     {"rk_test_", "", 16},   {"shpat_", "", 20},
    {"shpss_", "", 20},     {"sk-ant-", "-_", 16},    {"sk-proj-", "-_", 16}, {"sk-svcacct-", "-_", 16},
    {"sk-", "", 20},        {"sk_live_", "", 16},     {"sk_test_", "", 16},   {"whsec_", "+/=", 20},
    {"xapp-", "-", 10},     {"xoxa-", "-", 10},       {"xoxb-", "-", 10},     {"xoxp-", "-", 10},
    {"xoxs-", "-", 10},     {"ya29.", "-_", 20},
}};

std::size_t length_behind(std::string_view text, const Form& form) {
  const auto fits = [&](char letter) {
    return is_digit(letter) || (form.upper ? is_upper(letter) : is_letter(letter)) || form.also.contains(letter);
  };
  return static_cast<std::size_t>(std::ranges::find_if_not(text, fits) - text.begin());
}

}  // namespace

std::size_t length_of_secret_shape(std::string_view text, bool cut) {
  constexpr std::string_view kFirst = "ASdeghlnprswxy";
  constexpr std::size_t kShortest = 8;
  if (text.size() < kShortest || !kFirst.contains(text.front())) {
    return 0;
  }
  for (const Form& form : kForms) {
    // Most words of most texts end here.
    if (form.prefix[0] != text[0] || form.prefix[1] != text[1] || !text.starts_with(form.prefix)) {
      continue;
    }
    const std::string_view rest = text.substr(form.prefix.size());
    const std::size_t length = length_behind(rest, form);
    const bool open = cut && length == rest.size();
    // A JWT has its head and its claims apart.
    const bool parts = form.prefix != "eyJ" || rest.substr(0, length).find('.') >= 5;
    const bool jwt = form.prefix != "eyJ" || open || rest.substr(0, length).contains('.');
    if ((length >= form.fewest || open) && parts && jwt) {
      return form.prefix.size() + length;
    }
  }
  return 0;
}

}  // namespace stillframe::text
