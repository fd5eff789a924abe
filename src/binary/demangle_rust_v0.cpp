// Rust's v0 mangling (RFC 2603, "The Rust symbol mangling scheme").
#include <array>
#include <cstdint>
#include <utility>

#include "binary/demangle.h"
#include "binary/demangle_rust.h"
#include "binary/demangle_rust_v0_text.h"

namespace stillframe::binary {
namespace {

// By their letter; empty: no type has it.
constexpr std::array<std::string_view, 26> basic_types{
    "i8",   "bool", "char", "f64", "str", "f32", "",    "u8", "isize", "usize", "",    "i32", "u32",
    "i128", "u128", "_",    "",    "",    "i16", "u16", "()", "...",   "",      "i64", "u64", "!"};

std::string_view basic_type(char tag) {
  return tag >= 'a' && tag <= 'z' ? basic_types[static_cast<std::size_t>(tag - 'a')] : std::string_view();
}

// Paths, types and constants, written as they are read.
class V0 : private RustV0Text {
 public:
  explicit V0(std::string_view input) : RustV0Text(input) {}

  std::optional<std::string> demangle() {
    path(true);
    // What follows says in which crate a generic function was made, or is the linker's (".llvm.1234").
    return failed_ ? std::nullopt : std::optional(std::move(out_));
  }

 private:
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

  std::uint64_t bound_ = 0;  // lifetimes that are bound where we are
};

}  // namespace

std::optional<std::string> demangle_rust_v0(std::string_view linkage_name) {
  if (!linkage_name.starts_with("_R") || linkage_name.size() < 3 || is_digit(linkage_name[2])) {
    return std::nullopt;  // a digit: an encoding later than the one known
  }
  return V0(linkage_name.substr(2)).demangle();
}

}  // namespace stillframe::binary
