#include "cpython/tasks/await_chain.h"

#include <gtest/gtest.h>

#include "cpython/tasks/asyncio/every_asyncio_layout.h"

namespace stillframe::cpython {
namespace {

class EveryLayoutAwaitChain : public testing::EveryAsyncioLayout {
 protected:
  AwaitChain follow(Address coroutine) {
    CodeCache codes(objects, python.code_type);
    AwaitChain chain = AwaitChains(objects, codes).follow(coroutine);
    for (const RawFrame& frame : chain.frames) {
      functions.push_back(frame.code->name);
    }
    return chain;
  }
  // "inner in outer": the call in which a coroutine waits, or the first one called `enough`, and what awaits it.
  std::string innermost(Address coroutine, std::string_view enough = "") {
    CodeCache codes(objects, python.code_type);
    AwaitChains chains(objects, codes);  // has what it answers
    const auto found =
        chains.innermost(coroutine, [&](const InnermostCall& call) { return call.function->name == enough; });
    return !found ? "nothing" : found->function->name + (found->caller != nullptr ? " in " + found->caller->name : "");
  }
  std::vector<std::string> functions;
};
INSTANTIATE_TEST_SUITE_P(CPython, EveryLayoutAwaitChain, testing::asyncio_layouts(), testing::name_of_layout);

TEST_P(EveryLayoutAwaitChain, LeadsToTheFuture) {
  const Address future = asyncio.future(0);
  const Address inner = asyncio.coroutine("inner", asyncio.iterator(future));
  const AwaitChain chain = follow(asyncio.coroutine("outer", inner));
  EXPECT_EQ(functions, (std::vector<std::string>{"outer", "inner"}));
  EXPECT_EQ(chain.end, future);
  EXPECT_FALSE(chain.broken);
  EXPECT_FALSE(chain.running);
  EXPECT_TRUE(chain.begun);
}

TEST_P(EveryLayoutAwaitChain, LeadsThroughWrappers) {
  const Address future = asyncio.future(0);
  const Address inner = asyncio.coroutine("inner", asyncio.iterator(future));
  const Address wrapper = python.object(python.type("coroutine_wrapper"));
  python.memory.put(asyncio.word(wrapper, 0), inner);
  EXPECT_EQ(follow(asyncio.coroutine("outer", wrapper)).end, future);
  EXPECT_EQ(functions, (std::vector<std::string>{"outer", "inner"}));
}

TEST_P(EveryLayoutAwaitChain, InnermostCall) {
  const Address future = asyncio.future(0);
  const Address innermost_one = asyncio.coroutine("innermost", asyncio.iterator(future));
  const Address wrapper = python.object(python.type("coroutine_wrapper"));
  python.memory.put(asyncio.word(wrapper, 0), innermost_one);
  const Address inner = asyncio.coroutine("inner", wrapper);
  const Address outer = asyncio.coroutine("outer", inner);
  EXPECT_EQ(innermost(outer), "innermost in inner");
  EXPECT_EQ(innermost(outer, "inner"), "inner in outer");
  EXPECT_EQ(innermost(innermost_one), "innermost");
}

TEST_P(EveryLayoutAwaitChain, NoInnermostCallOfWhatCannotBeFollowed) {
  const Address inner = asyncio.coroutine("inner", 0);
  const Address outer = asyncio.coroutine("outer", inner);
  asyncio.await(inner, outer);
  EXPECT_EQ(innermost(outer), "nothing") << "a circle";
  EXPECT_EQ(innermost(0xDEAD000), "nothing");
  EXPECT_EQ(innermost(asyncio.future(0)), "nothing");
}

TEST_P(EveryLayoutAwaitChain, EndsAtWhatIsNotKnown) {
  const Address channel = python.object(python.type("Channel"));
  EXPECT_EQ(follow(asyncio.coroutine("outer", channel)).end, channel);
}

TEST_P(EveryLayoutAwaitChain, CutsCircles) {
  const Address inner = asyncio.coroutine("inner", 0);
  const Address outer = asyncio.coroutine("outer", inner);
  asyncio.await(inner, outer);
  const AwaitChain chain = follow(outer);
  ASSERT_TRUE(chain.broken);
  EXPECT_NE(chain.broken->find("circle"), std::string::npos);
  EXPECT_LT(chain.frames.size(), 10U);
}

TEST_P(EveryLayoutAwaitChain, HostileMemoryEnds) {
  EXPECT_EQ(follow(0xDEAD000).end, 0xDEAD000U);
  EXPECT_EQ(follow(asyncio.coroutine("outer", 0xDEAD000)).end, 0xDEAD000U);
  const Address torn = asyncio.coroutine("torn", 0);
  python.light_frames()
      ? python.set(torn + python.layout.generator.frame.value(), layout.frame.executable, Address{0x10})
      : python.memory.put(asyncio.word(torn, 0), Address{0x10});
  const AwaitChain chain = follow(torn);
  EXPECT_TRUE(chain.frames.empty());
}

}  // namespace
}  // namespace stillframe::cpython
