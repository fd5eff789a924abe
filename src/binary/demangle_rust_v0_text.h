// The letters of a name in Rust's v0 mangling, and the text made of them: what the grammar is read from and written to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace stillframe::binary {

// Reads a v0 name from its beginning to its end and writes as it goes. Every error makes the rest be nothing.
class RustV0Text {
 protected:
  explicit RustV0Text(std::string_view input) : input_(input) {}

  // Holds the depth of the recursion, which fails when it is too deep, too long, too much.
  class Level {
   public:
    explicit Level(RustV0Text& reader) : reader_(reader) {
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
    RustV0Text& reader_;
  };

  [[nodiscard]] char peek() const { return at_ < input_.size() && !failed_ ? input_[at_] : '\0'; }
  char next();
  bool eat(char c);
  void print(std::string_view text);

  // `_` is 0, `0_` 1, `Z_` 62.
  std::uint64_t base_62();
  // Behind its letter; without it 0.
  std::uint64_t optional_base_62(char tag) { return eat(tag) ? base_62() + 1 : 0; }

  std::string_view identifier_text();
  void print_identifier(std::string_view text);

  std::string_view input_;
  std::size_t at_ = 0;
  std::string out_;
  int depth_ = 0;
  int steps_ = 0;
  bool failed_ = false;
  bool silent_ = false;
  bool puny_ = false;  // the last identifier is punycode

 private:
  static constexpr int deepest = 200;
  static constexpr int most_steps = 20000;
  static constexpr std::size_t longest = std::size_t{1} << 14U;
};

}  // namespace stillframe::binary
