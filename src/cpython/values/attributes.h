// The attributes that an instance has of its own: __dict__, inline values and __slots__, inherited ones too.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cpython/values/types.h"

namespace stillframe::cpython {

struct Attribute {
  std::string name;
  Address value = 0;
};

struct Attributes {
  std::vector<Attribute> list;  // slots first, the outermost base's first of all; then in the order they were set
  std::uint64_t left_out = 0;   // more than `most`
  bool whole = true;            // false: some could not be read
};

// Where an object of `type` keeps the pointer that a member descriptor of its class leads to: a slot, or a member of a
// type made by C code. Nothing for members that are no objects.
std::optional<Address> member_place(const Objects& objects, Address object, const Type& type, Address descriptor);

// At most `most` of them are read.
Attributes attributes_of(const Objects& objects, Address object, const Type& type, std::uint64_t most);

class Printer;
struct Instance;
// " name=value" for each of them, as far as the limits go.
void put_attributes(Printer& out, const Instance& object);
void put_attributes(Printer& out, const Attributes& found);

}  // namespace stillframe::cpython
