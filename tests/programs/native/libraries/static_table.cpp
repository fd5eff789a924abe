// An extension whose table is made at its first use, by a call back into Python.
using Callback = int (*)(int);

namespace {

struct Table {
  explicit Table(Callback fill) : first(fill(1)) {}
  int first;
};

int first_of_table(Callback fill) {
  static const Table table(fill);
  return table.first;
}

}  // namespace

extern "C" int look_up(Callback fill) {
  return first_of_table(fill);
}
