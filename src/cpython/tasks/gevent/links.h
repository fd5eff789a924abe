// Which greenlets of gevent wait for the end of another one, and which one made it. gevent is compiled, and says
// nowhere where its objects have their members: they are found by what they hold.
#pragma once

#include <cstddef>
#include <unordered_set>
#include <vector>

#include "cpython/values/instances.h"

namespace stillframe::cpython {

class GreenletLinks {
 public:
  // `tasks`: the greenlets that there are, hubs not among them. Must live as long as this.
  GreenletLinks(Instances& instances, const std::unordered_set<Address>& tasks)
      : instances_(instances), tasks_(tasks) {}

  struct Found {
    std::vector<Address> awaited_by;
    Address spawner = 0;  // 0: not known, or it has ended
  };
  Found of(Address greenlet);

 private:
  struct Members {
    Address links = 0;    // a list of what is called when it ends
    Address spawner = 0;  // a weak reference
  };
  Members members_of(Address greenlet);
  Members members_in(Address greenlet, std::uint64_t from, std::uint64_t to);
  void read_links(Address list, std::vector<Address>& awaited_by);
  Address waiting_by(Address callback);
  std::vector<Address> words(Address object, std::uint64_t from, std::uint64_t to);
  Address referred_to(Address reference);

  Instances& instances_;
  const std::unordered_set<Address>& tasks_;
  std::size_t followed_ = 0;  // links of all greenlets together
};

}  // namespace stillframe::cpython
