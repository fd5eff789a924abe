// C++ on the stack: namespaces, templates, lambdas, virtual functions, the standard library's own, inlined calls.
#include <algorithm>
#include <array>
#include <functional>
#include <memory>

namespace ledger {

using Callback = void();

inline void after_call() {
  __asm__ volatile("" ::: "memory");
}

class Visitor {
 public:
  virtual ~Visitor() = default;
  virtual void visit(int depth) = 0;
};

template <typename Key, int Levels>
class Book : public Visitor {
 public:
  explicit Book(Callback* callback) : callback_(callback) {}

  [[gnu::noinline]] void visit(int depth) override {
    if (depth < Levels) {
      open(depth + 1);
    } else {
      settle<Key>([this] { callback_(); });
    }
    after_call();
  }

 private:
  [[gnu::always_inline]] void open(int depth) {
    visit(depth);
    after_call();
  }

  template <typename Other, typename Action>
  [[gnu::noinline]] void settle(const Action& action) {
    action();
    after_call();
  }

  Callback* callback_;
};

[[gnu::noinline]] bool before(Callback* callback, int one, int other) {
  callback();
  after_call();
  return one < other;
}

}  // namespace ledger

extern "C" void templates_visit(ledger::Callback* callback) {
  const std::unique_ptr<ledger::Visitor> book = std::make_unique<ledger::Book<unsigned long, 2>>(callback);
  book->visit(0);
  ledger::after_call();
}

extern "C" void templates_sort(ledger::Callback* callback) {
  std::array<int, 3> numbers = {3, 1, 2};
  const std::function<bool(int, int)> order = [callback](int one, int other) {
    return ledger::before(callback, one, other);
  };
  std::sort(numbers.begin(), numbers.end(), order);
}

// While an exception is on its way: the destructor runs under the unwinder of the C++ library.
namespace ledger {
struct Closer {
  Callback* callback;
  ~Closer() {
    callback();
    after_call();
  }
};

[[gnu::noinline]] void fail(Callback* callback) {
  const Closer closer{callback};
  throw 1;
}
}  // namespace ledger

extern "C" void templates_throw(ledger::Callback* callback) {
  try {
    ledger::fail(callback);
  } catch (int) {
    ledger::after_call();
  }
}
