// Rust's v0 mangling (RFC 2603, "The Rust symbol mangling scheme").
#include <array>
#include <cstdint>
#include <limits>
#include <utility>

#include "binary/demangle.h"
#include "binary/demangle_rust.h"

namespace stillframe::binary {
namespace {

// By their letter; empty: no type has it.
constexpr std::array<std::string_view, 26> basic_types{
    "i8",   "bool", "char", "f64", "str", "f32", "",    "u8", "isize", "usize", "",    "i32", "u32",
    "i128", "u128", "_",    "",    "",    "i16", "u16", "()", "...",   "",      "i64", "u64", "!"};

std::string_view basic_type(char tag) {
  return tag >= 'a' && tag <= 'z' ? basic_types[static_cast<std::size_t>(tag - 'a')] : std::string_view();
}

// Reads a v0 name from its beginning to its end and writes as it goes. Every error makes the rest be nothing.
class V0 {
 public:
  explicit V0(std::string_view input) : input_(input) {}

  std::optional<std::string> demangle() {
    path(true);
    // What follows says in which crate a generic function was made, or is the linker's (".llvm.1234").
    return failed_ ? std::nullopt : std::optional(std::move(out_));
  }

 private:
  static constexpr int deepest = 200;
  static constexpr int most_steps = 20000;
  static constexpr std::size_t longest = std::size_t{1} << 14U;

  // Holds the depth of the recursion; false: too deep, too long, too much.
  class Level {
   public:
    explicit Level(V0& reader) : reader_(reader) {
      ++reader_.depth_;
      if (reader_.depth_ > deepest || ++reader_.steps_ > most_steps || reader_.out_.size() > longest) {
        reader_.failed_ = true;
      }
    }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;
    Level(Level&&) = delete;
    Level& operator=(Level&&) = delete;
    ~Level() { --reader_.depth_; }

   private:
    V0& reader_;
  };

  [[nodiscard]] char peek() const { return at_ < input_.size() && !failed_ ? input_[at_] : '\0'; }
  char next() {
    const char c = peek();
    failed_ = failed_ || at_ >= input_.size();
    at_ += failed_ ? 0 : 1;
    return c;
  }
  bool eat(char c) {
    const bool found = peek() == c;
    at_ += found ? 1 : 0;
    return found;
  }
  void print(std::string_view text) {
    if (!silent_) {
      out_ += text;
    }
  }

  // `_` is 0, `0_` 1, `Z_` 62.
  std::uint64_t base_62() {
    if (eat('_')) {
      return 0;
    }
    std::uint64_t value = 0;
    while (!failed_ && !eat('_')) {
      const char c = next();
      std::uint64_t digit = 0;
      if (is_digit(c)) {
        digit = static_cast<std::uint64_t>(c - '0');
      } else if (c >= 'a' && c <= 'z') {
        digit = static_cast<std::uint64_t>(c - 'a') + 10;
      } else if (c >= 'A' && c <= 'Z') {
        digit = static_cast<std::uint64_t>(c - 'A') + 36;
      } else {
        failed_ = true;
      }
      failed_ = failed_ || value > (std::numeric_limits<std::uint64_t>::max() - 62) / 62;
      value = failed_ ? 0 : value * 62 + digit;
    }
    return value + 1;
  }
  std::uint64_t optional_base_62(char tag) { return eat(tag) ? base_62() + 1 : 0; }

  std::string_view identifier_text() {
    const bool puny = eat('u');
    std::size_t length = 0;
    if (!is_digit(peek())) {
      failed_ = true;
    }
    while (is_digit(peek()) && length < input_.size()) {
      const auto digit = static_cast<std::size_t>(next() - '0');
      length = length * 10 + digit;
      if (length == 0) {
        break;
      }
    }
    eat('_');
    if (failed_ || length > input_.size() - at_) {
      failed_ = true;
      return {};
    }
    const std::string_view text = input_.substr(at_, length);
    at_ += length;
    puny_ = puny;
    return text;
  }
  void print_identifier(std::string_view text) {
    // Letters outside of ASCII are rare in names of functions: shown as they are encoded.
    print(puny_ ? "punycode{" : "");
    print(text);
    print(puny_ ? "}" : "");
  }

  template <typename Read>
  void backref(Read read) {
    const std::size_t here = at_ - 1;
    const std::uint64_t target = base_62();
    if (failed_ || target >= here) {
      failed_ = true;
      return;
    }
    if (!silent_) {
      const std::size_t back = std::exchange(at_, static_cast<std::size_t>(target));
      read();
      at_ = back;
    }
  }

  // `in_value`: where Rust writes `a::<b>` and not `a<b>`.
  void path(bool in_value) {
    const Level level(*this);
    switch (next()) {
      case 'C':
        optional_base_62('s');
        print_identifier(identifier_text());
        break;
      case 'M':
        impl_path();
        print("<");
        type();
        print(">");
        break;
      case 'X':
        impl_path();
        [[fallthrough]];
      case 'Y':
        print("<");
        type();
        print(" as ");
        path(false);
        print(">");
        break;
      case 'N':
        nested(in_value);
        break;
      case 'I':
        path(in_value);
        print(in_value ? "::<" : "<");
        list([this] { generic_argument(); });
        print(">");
        break;
      case 'B':
        backref([this, in_value] { path(in_value); });
        break;
      default:
        failed_ = true;
    }
  }

  void impl_path() {
    const bool before = std::exchange(silent_, true);
    optional_base_62('s');
    path(false);
    silent_ = before;
  }

  void nested(bool in_value) {
    const char space = next();
    path(in_value);
    const std::uint64_t number = optional_base_62('s');
    const std::string_view name = identifier_text();
    if (space >= 'A' && space <= 'Z') {
      print("::{");
      print(space == 'C' ? "closure" : space == 'S' ? "shim" : std::string_view(&space, 1));
      if (!name.empty()) {
        print(":");
        print_identifier(name);
      }
      print("#" + std::to_string(number) + "}");
    } else if (!name.empty()) {
      print("::");
      print_identifier(name);
    }
  }

  template <typename Read>
  std::size_t list(Read read) {
    std::size_t count = 0;
    while (!failed_ && !eat('E')) {
      print(count++ == 0 ? "" : ", ");
      read();
    }
    return count;
  }

  void generic_argument() {
    if (eat('L')) {
      lifetime(base_62());
    } else if (eat('K')) {
      constant();
    } else {
      type();
    }
  }

  void lifetime(std::uint64_t index) {
    if (index == 0) {
      print("'_");
    } else if (index > bound_ || bound_ - index >= 26) {
      print("'?");
    } else {
      const std::array<char, 2> name{'\'', static_cast<char>('a' + (bound_ - index))};
      print({name.data(), name.size()});
    }
  }

  // for<'a, 'b>: gives how many.
  std::uint64_t binder() {
    const std::uint64_t count = optional_base_62('G');
    if (count > 26) {
      failed_ = true;
      return 0;
    }
    for (std::uint64_t i = 0; i < count; ++i) {
      print(i == 0 ? "for<" : ", ");
      ++bound_;
      lifetime(1);
    }
    print(count == 0 ? "" : "> ");
    return count;
  }

  void type() {
    const Level level(*this);
    const char tag = next();
    if (const std::string_view basic = basic_type(tag); !basic.empty()) {
      print(basic);
      return;
    }
    switch (tag) {
      case 'A':
      case 'S':
        print("[");
        type();
        if (tag == 'A') {
          print("; ");
          constant();
        }
        print("]");
        break;
      case 'T':
        print("(");
        print(list([this] { type(); }) == 1 ? ",)" : ")");
        break;
      case 'R':
      case 'Q':
        print("&");
        if (eat('L')) {
          if (const std::uint64_t index = base_62(); index != 0) {
            lifetime(index);
            print(" ");
          }
        }
        print(tag == 'Q' ? "mut " : "");
        type();
        break;
      case 'P':
      case 'O':
        print(tag == 'P' ? "*const " : "*mut ");
        type();
        break;
      case 'F':
        function();
        break;
      case 'D':
        dynamic();
        break;
      case 'B':
        backref([this] { type(); });
        break;
      default:
        at_ -= failed_ ? 0 : 1;
        path(false);
    }
  }

  void function() {
    const std::uint64_t bound = binder();
    print(eat('U') ? "unsafe " : "");
    if (eat('K')) {
      print("extern \"");
      if (eat('C')) {
        print("C");
      } else {
        print(identifier_text());
      }
      print("\" ");
    }
    print("fn(");
    list([this] { type(); });
    print(")");
    if (!eat('u')) {
      print(" -> ");
      type();
    }
    bound_ -= bound;
  }

  // A trait's path, whose arguments stay open where there are any: what follows may belong to them.
  bool open_path() {
    const Level level(*this);
    if (eat('B')) {
      bool open = false;
      backref([this, &open] { open = open_path(); });
      return open;
    }
    if (!eat('I')) {
      path(false);
      return false;
    }
    path(false);
    print("<");
    list([this] { generic_argument(); });
    return true;
  }

  void dynamic() {
    print("dyn ");
    const std::uint64_t bound = binder();
    for (bool first = true; !failed_ && !eat('E'); first = false) {
      print(first ? "" : " + ");
      bool open = open_path();
      while (eat('p')) {
        print(open ? ", " : "<");
        open = true;
        print_identifier(identifier_text());
        print(" = ");
        type();
      }
      print(open ? ">" : "");
    }
    bound_ -= bound;
    if (!eat('L')) {
      failed_ = true;
    } else if (const std::uint64_t index = base_62(); index != 0) {
      print(" + ");
      lifetime(index);
    }
  }

  // Numbers, bool and char; of others (structures, strings) only that there is something.
  void constant() {
    const Level level(*this);
    const char tag = next();
    if (tag == 'B') {
      backref([this] { constant(); });
      return;
    }
    if (tag == 'p') {
      print("_");
      return;
    }
    if (basic_type(tag).empty() || tag == 'e') {
      failed_ = true;
      return;
    }
    const bool negative = eat('n');
    std::uint64_t value = 0;
    std::size_t digits = 0;
    const std::size_t begin = at_;
    for (; is_lower_hex(peek()); ++digits) {
      const char c = next();
      value = (value << 4U) | hex_value(c);
    }
    failed_ = failed_ || !eat('_');
    print(negative ? "-" : "");
    if (tag == 'b') {
      print(value == 0 ? "false" : "true");
    } else if (tag == 'c') {
      print("'");
      print(value < 0x110000 && value >= 0x20 ? utf8_of(static_cast<std::uint32_t>(value)) : "?");
      print("'");
    } else if (digits > 16) {
      print("0x");
      print(input_.substr(begin, digits));
    } else {
      print(std::to_string(value));
    }
  }

  std::string_view input_;
  std::size_t at_ = 0;
  std::string out_;
  std::uint64_t bound_ = 0;  // lifetimes that are bound where we are
  int depth_ = 0;
  int steps_ = 0;
  bool failed_ = false;
  bool silent_ = false;
  bool puny_ = false;  // the last identifier is punycode
};

}  // namespace

std::optional<std::string> demangle_rust_v0(std::string_view linkage_name) {
  if (!linkage_name.starts_with("_R") || linkage_name.size() < 3 || is_digit(linkage_name[2])) {
    return std::nullopt;  // a digit: an encoding later than the one known
  }
  return V0(linkage_name.substr(2)).demangle();
}

}  // namespace stillframe::binary
