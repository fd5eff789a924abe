#include "render/anchors.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace stillframe::render {
namespace {

struct Token {
  enum class Kind : std::uint8_t { name, number, string, op };
  Kind kind = Kind::op;
  std::size_t begin = 0;
  std::size_t end = 0;
  int depth = 0;  // of the brackets around it; a bracket itself counts as outside
};

bool is_name_char(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') ||
         letter == '_' || static_cast<unsigned char>(letter) >= 0x80;
}
bool is_digit(char letter) {
  return letter >= '0' && letter <= '9';
}

class Tokenizer {
 public:
  explicit Tokenizer(std::string_view text) : text_(text) {}

  // Nothing when brackets or quotes do not match.
  std::optional<std::vector<Token>> run() {
    while (at_ < text_.size()) {
      const char letter = text_[at_];
      if (letter == ' ' || letter == '\t' || letter == '\f' || letter == '\n' || letter == '\\') {
        ++at_;
      } else if (letter == '#') {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else if (letter == '"' || letter == '\'') {
        if (!string(at_)) {
          return std::nullopt;
        }
      } else if (is_name_char(letter) && !is_digit(letter)) {
        if (!name()) {
          return std::nullopt;
        }
      } else if (is_digit(letter) || (letter == '.' && at_ + 1 < text_.size() && is_digit(text_[at_ + 1]))) {
        number();
      } else if (!op()) {
        return std::nullopt;
      }
    }
    return open_.empty() ? std::optional(std::move(tokens_)) : std::nullopt;
  }

 private:
  void add(Token::Kind kind, std::size_t begin) {
    tokens_.push_back({.kind = kind, .begin = begin, .end = at_, .depth = static_cast<int>(open_.size())});
  }

  bool name() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_name_char(text_[at_])) {
      ++at_;
    }
    // A string's prefix: r"…", b'…', f"…".
    if (at_ < text_.size() && (text_[at_] == '"' || text_[at_] == '\'') && at_ - begin <= 3) {
      return string(begin);
    }
    add(Token::Kind::name, begin);
    return true;
  }

  void number() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && (is_name_char(text_[at_]) || text_[at_] == '.')) {
      const bool exponent = (text_[at_] == 'e' || text_[at_] == 'E') && !text_.substr(begin, 2).starts_with("0x");
      ++at_;
      if (exponent && at_ < text_.size() && (text_[at_] == '+' || text_[at_] == '-')) {
        ++at_;
      }
    }
    add(Token::Kind::number, begin);
  }

  bool string(std::size_t begin) {
    const char quote = text_[at_];
    const bool triple = text_.substr(at_, 3) == std::string(3, quote);
    const std::string end(triple ? 3 : 1, quote);
    at_ += end.size();
    while (at_ < text_.size() && text_.substr(at_, end.size()) != end) {
      at_ += text_[at_] == '\\' ? 2 : 1;
    }
    if (at_ >= text_.size()) {
      return false;
    }
    at_ += end.size();
    add(Token::Kind::string, begin);
    return true;
  }

  bool op() {
    constexpr std::array<std::string_view, 12> kLong{
        "**", "//", "<<", ">>", "<=", ">=", "==", "!=", ":=", "->", "...", ""};
    const std::size_t begin = at_;
    const char letter = text_[at_];
    if (letter == '(' || letter == '[' || letter == '{') {
      ++at_;
      add(Token::Kind::op, begin);
      open_.push_back(letter);
      return true;
    }
    if (letter == ')' || letter == ']' || letter == '}') {
      const char wanted = letter == ')' ? '(' : letter == ']' ? '[' : '{';
      if (open_.empty() || open_.back() != wanted) {
        return false;
      }
      open_.pop_back();
      ++at_;
      add(Token::Kind::op, begin);
      return true;
    }
    for (const std::string_view candidate : kLong) {
      if (!candidate.empty() && text_.substr(at_).starts_with(candidate)) {
        at_ += candidate.size();
        add(Token::Kind::op, begin);
        return true;
      }
    }
    ++at_;
    add(Token::Kind::op, begin);
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<Token> tokens_;
  std::vector<char> open_;
};

constexpr int kPower = 7;

bool is_sign(std::string_view op) {
  return op == "+" || op == "-" || op == "~";
}

// How tightly a binary operator binds; 0: it is none.
int strength(std::string_view op) {
  if (op == "|") {
    return 1;
  }
  if (op == "^") {
    return 2;
  }
  if (op == "&") {
    return 3;
  }
  if (op == "<<" || op == ">>") {
    return 4;
  }
  if (op == "+" || op == "-") {
    return 5;
  }
  if (op == "*" || op == "/" || op == "//" || op == "%" || op == "@") {
    return 6;
  }
  return op == "**" ? kPower : 0;
}

// Words and signs that make the text something else than an operation: a weaker expression, or a statement.
bool is_weaker(std::string_view text) {
  constexpr std::array<std::string_view, 32> kWords{
      "and",    "as",   "assert", "async",  "await", "break",  "class", "continue", "def",    "del",      "else",
      "except", "for",  "from",   "global", "if",    "import", "in",    "is",       "lambda", "nonlocal", "not",
      "or",     "pass", "raise",  "return", "try",   "while",  "with",  "yield",    "elif",   "finally"};
  constexpr std::array<std::string_view, 12> kSigns{"<", ">", "<=", ">=", "==", "!=", ":=", ",", "=", ":", ";", "->"};
  return std::ranges::find(kWords, text) != kWords.end() || std::ranges::find(kSigns, text) != kSigns.end();
}

// A sign is binary where something stands before it that can end an operand.
bool ends_operand(const Token& token, std::string_view text) {
  return token.kind != Token::Kind::op || text == ")" || text == "]" || text == "}" || text == "...";
}

}  // namespace

bool is_name(std::string_view text) {
  return !text.empty() && !is_digit(text.front()) && std::ranges::all_of(text, is_name_char);
}

std::optional<Anchor> find_anchor(std::string_view expression) {
  const auto tokens = Tokenizer(expression).run();
  if (!tokens || tokens->empty()) {
    return std::nullopt;
  }
  const auto text = [&](const Token& token) { return expression.substr(token.begin, token.end - token.begin); };
  const Token* weakest = nullptr;
  int weakest_strength = 0;
  for (std::size_t i = 0; i < tokens->size(); ++i) {
    const Token& token = (*tokens)[i];
    if (token.depth != 0 || token.kind == Token::Kind::number || token.kind == Token::Kind::string) {
      continue;
    }
    if (is_weaker(text(token))) {
      return std::nullopt;
    }
    const bool binary = i > 0 && ends_operand((*tokens)[i - 1], text((*tokens)[i - 1]));
    const int bound = token.kind == Token::Kind::op && binary ? strength(text(token)) : 0;
    if (bound == 0) {
      continue;
    }
    // Left-associative operators are taken apart at the last one, `**` at the first.
    const bool replaces =
        weakest == nullptr || bound < weakest_strength || (bound == weakest_strength && bound != kPower);
    if (replaces) {
      weakest = &token;
      weakest_strength = bound;
    }
  }
  // A leading sign binds weaker than `**`, and weaker than brackets: -a ** b is -(a ** b).
  const bool signed_whole = tokens->front().kind == Token::Kind::op && is_sign(text(tokens->front()));
  if (signed_whole && (weakest == nullptr || weakest_strength == kPower)) {
    return std::nullopt;
  }
  if (weakest != nullptr) {
    return Anchor{.begin = weakest->begin, .end = weakest->end};
  }
  const std::string_view last = text(tokens->back());
  if (last != ")" && last != "]") {
    return std::nullopt;
  }
  // The bracket that the last one closes; something must stand before it, else it is a group or a list.
  const std::string_view opening = last == ")" ? "(" : "[";
  for (std::size_t i = tokens->size() - 1; i-- > 0;) {
    const Token& token = (*tokens)[i];
    if (token.depth == 0 && text(token) == opening && i > 0 && ends_operand((*tokens)[i - 1], text((*tokens)[i - 1]))) {
      return Anchor{.begin = token.begin,
                    .end = tokens->back().end,
                    .kind = last == ")" ? AnchorKind::call : AnchorKind::subscript};
    }
    if (token.depth == 0 && text(token) == opening) {
      break;
    }
  }
  return std::nullopt;
}

}  // namespace stillframe::render
