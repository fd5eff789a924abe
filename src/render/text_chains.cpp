#include "render/text_chains.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "render/escape.h"
#include "text/phrases.h"

namespace stillframe::render {
namespace {

using model::ChainLink;
using model::WaitChain;

// JSON has the others.
constexpr std::size_t kMostChains = 20;

std::string how_long(const ChainLink& link, const WaitChain& chain, bool head) {
  if (!link.waits) {
    return {};
  }
  std::string text;
  if (link.waited) {
    text = fmt::format(", for {}{} so far", head && chain.count > 1 ? "at least " : "",
                       text::duration_in_words(*link.waited));
  }
  const bool leads_on = &link != &chain.links.back() || !chain.branches.empty();
  const bool told = link.limited || (head && chain.idle) || (leads_on && !head);
  return told ? text : text + ", without a time limit";
}

class ChainsText {
 public:
  explicit ChainsText(Screen& screen) : screen_(screen) {}

  void write(const WaitChain& chain, const std::string& indent) {
    for (const ChainLink& link : chain.links) {
      const bool head = &link == chain.links.data();
      std::string text = indent + (head ? "" : "-> ") + escaped(link.who);
      if (head && chain.count > 1) {
        text += fmt::format(" and {} more like it", text::grouped(chain.count - 1));
      }
      text += link.where.empty() ? "" : " at " + escaped(link.where);
      text += ": " + escaped(link.what);
      text += how_long(link, chain, head);
      screen_.paragraph(text, indent + "    ");
      if (!link.ended_by.empty()) {
        screen_.paragraph(indent + "   who could end it: " + escaped(link.ended_by), indent + "     ");
      }
    }
    for (const WaitChain& branch : chain.branches) {
      write(branch, indent + "  ");
    }
    if (chain.branches_left_out > 0) {
      screen_.paragraph(fmt::format("{}  and {}", indent, text::with_count(chain.branches_left_out, "more chain")),
                        indent + "    ");
    }
  }

 private:
  Screen& screen_;
};

}  // namespace

void write_chains(Screen& screen, std::span<const WaitChain> chains) {
  for (const WaitChain& chain : chains.first(std::min(chains.size(), kMostChains))) {
    ChainsText(screen).write(chain, "  ");
  }
  if (chains.size() > kMostChains) {
    screen.paragraph(
        fmt::format("  and {}, which --json has too", text::with_count(chains.size() - kMostChains, "more chain")),
        "    ");
  }
}

}  // namespace stillframe::render
