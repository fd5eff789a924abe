// Writes one object of the target as text, in the way of repr(), reading memory alone.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cpython/objects/objects.h"
#include "cpython/values/redaction.h"
#include "cpython/values/types.h"

namespace stillframe::cpython {

struct ValueLimits {
  std::uint32_t depth = 1;         // how many objects within one another show their attributes
  std::uint64_t max_string = 128;  // characters of a text, bytes of a bytes object
  std::uint64_t max_items = 16;    // of a container, attributes of an object
  std::size_t max_text = 2000;     // bytes of one whole value; past that no further part is begun
  bool outline = false;            // the parts of the object are noted as its children, and not written
  bool counts = true;              // false: "…" in place of "… 9,990 more"
  bool children = true;            // false: nobody asks which parts the object has
};

// What a child is to its parent, and so how a program gets at it.
enum class ChildRole : std::uint8_t {
  item,       // parent[0]
  entry,      // parent['key']
  attribute,  // parent.name
};

// A part of an object that can be looked at on its own.
struct Child {
  std::string name;  // index, repr of the key, or name of the attribute
  Address address = 0;
  bool hidden = false;  // its name says that it is secret
  ChildRole role = ChildRole::attribute;
  bool exact = true;  // false: of an entry, the key was cut or could not be read
};

// An object, written down.
struct Written {
  std::string text;
  std::string type;  // qualified name of its type; empty where that could not be read
  std::vector<Child> children;
  std::uint64_t left_out = 0;  // parts that are no children, for the limits; where it was counted
  bool readable = true;        // false: something in it could not be read
  bool cut = false;            // something was left out for its length or depth
};

class Printer {
 public:
  Printer(const Objects& objects, Types& types, const ValueLimits& limits, const Redaction& redaction)
      : objects_(objects), types_(types), limits_(limits), redaction_(redaction) {}

  // The object at `address`, in full. The printer may be used again.
  Written write(Address address);

  // What follows is for the writers of kinds.
  [[nodiscard]] const Objects& objects() const { return objects_; }
  [[nodiscard]] Types& types() { return types_; }
  [[nodiscard]] const ValueLimits& limits() const { return limits_; }

  // Words of ours, or text of the target as it is (render escapes what a terminal would act on).
  void put(std::string_view text) { out_ += text; }
  // A part of this object, by its own repr(). `name` is what it is called as a child; empty: its number.
  void item(Address value, std::string_view name = {});
  // "key: value", hidden where the key says that it is secret.
  void pair(Address key, Address value, std::string_view between = ": ");
  // "name=value", likewise.
  void attribute(std::string_view name, Address value, std::string_view between = "=");
  // `open` a, b, c … `close`: `at(i)` gives the address of part i, nothing where it cannot be read.
  // A tuple's comma behind its only part is put where `lone_comma` is set. False when a part cannot be found.
  bool sequence(std::string_view open, std::uint64_t count, std::string_view close,
                const std::function<std::optional<Address>(std::uint64_t)>& at, bool lone_comma = false);
  // a, b, c … without brackets, of parts that may be no objects: `put_one(i)` writes part i; once it gives false, so
  // does this.
  bool each(std::uint64_t count, const std::function<bool(std::uint64_t)>& put_one);
  // The mark of `count` parts that are left out: "… 9,990 more".
  void more(std::uint64_t count);
  // The mark of a text that was cut: "… 9,990 more characters".
  void more_of_text(std::uint64_t count, std::string_view unit);
  // "…" in place of what is not shown, where there is no number to tell.
  void cut();
  // ", " where something stands behind `start`.
  void separate(std::size_t start) { out_.size() > start ? put(", ") : void(); }
  [[nodiscard]] std::size_t position() const { return out_.size(); }
  // Whether another part may be begun; false puts "…" and remembers that something is missing.
  bool room();
  // Whether what is called so is secret: for values that are no objects of their own.
  [[nodiscard]] bool hides(std::string_view name) const { return redaction_.hides(name); }
  // Whether what is being written is no part of another object.
  [[nodiscard]] bool outermost() const { return active_.size() == 1; }
  // Whether the attributes of one more object may be shown, at the depth that was asked for.
  [[nodiscard]] bool may_open() const { return opened_ < limits_.depth; }
  // Notes that the attributes of an object are being shown, until it is destroyed.
  class Opening {
   public:
    explicit Opening(Printer& printer) : printer_(printer) { ++printer_.opened_; }
    Opening(const Opening&) = delete;
    Opening& operator=(const Opening&) = delete;
    Opening(Opening&&) = delete;
    Opening& operator=(Opening&&) = delete;
    ~Opening() { --printer_.opened_; }

   private:
    Printer& printer_;
  };
  // Why the object that is being written makes no sense; gives false, for `return out.fail("…")`.
  bool fail(std::string_view why);
  // <unreadable: why>, for a part.
  void unreadable(std::string_view why);
  // "<qualified.Type object at 0x7f…": how objects without a form of their own begin.
  void head(const struct Instance& object);
  // What a child is, without a word of it being written.
  void note(std::string_view name, Address value, bool hidden = false);
  // Likewise, of an entry of a mapping: `key` as its repr() writes it.
  void note_entry(std::string key, Address value, bool hidden);

 private:
  void value(Address address);
  void add_child(Child child);
  void written_part(Address value_at, bool hidden);
  [[nodiscard]] bool is_secret_key(Address key);
  // Whether parts of what is being written are noted.
  [[nodiscard]] bool notes() const { return limits_.children && active_.size() == 1; }
  // Parts of the object that was asked for are not written.
  [[nodiscard]] bool outlined() const { return limits_.outline && active_.size() == 1; }
  bool known(const struct Instance& object);
  void enter(Address address, const Type& type);

  const Objects& objects_;
  Types& types_;
  const ValueLimits& limits_;
  const Redaction& redaction_;
  std::string out_;
  std::string failure_;
  std::vector<std::pair<Address, const Type*>> active_;  // what is being written, outermost first
  std::vector<Child> children_;
  std::uint32_t opened_ = 0;
  std::uint64_t visits_ = 0;
  std::uint64_t left_out_ = 0;
  bool readable_ = true;
  bool cut_ = false;
};

}  // namespace stillframe::cpython
