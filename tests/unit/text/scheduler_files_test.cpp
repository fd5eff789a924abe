#include "text/scheduler_files.h"

#include <gtest/gtest.h>

namespace stillframe::text {
namespace {

TEST(SchedulerFiles, Asyncio) {
  EXPECT_TRUE(is_asyncio_file("/usr/lib/python3.12/asyncio/locks.py"));
  EXPECT_TRUE(is_asyncio_file("/opt/app/python312.zip/asyncio/queues.py"));
  EXPECT_TRUE(is_asyncio_file("/home/me/cpython/Lib/asyncio/base_events.py"));
  EXPECT_TRUE(is_asyncio_file("/home/asyncio/venv/lib/python3.12/asyncio/locks.py"))
      << "the program lies in such a folder";
  EXPECT_TRUE(is_asyncio_file("asyncio/base_events.py")) << "a program that carries its library in itself";
  EXPECT_FALSE(is_asyncio_file("/usr/lib/python3.12/asyncio/of_nobody.py"));
}

TEST(SchedulerFiles, AFolderOfThatNameInSomebodyElsesPackage) {
  EXPECT_FALSE(is_asyncio_file("/venv/lib/python3.12/site-packages/redis/asyncio/locks.py"));
  EXPECT_FALSE(is_asyncio_file("/venv/lib/python3.12/site-packages/sqlalchemy/ext/asyncio/events.py"));
  EXPECT_FALSE(is_asyncio_file("/srv/shop/asyncio/queues.py"));
  EXPECT_FALSE(is_asyncio_file("/srv/asyncio/bot.py")) << "the program's own script";
  EXPECT_FALSE(is_asyncio_file("asyncio/bot.py"));
  EXPECT_FALSE(is_gevent_file("/venv/lib/python3.12/site-packages/shop/gevent/hub.py"));
  EXPECT_FALSE(is_gevent_file("/srv/shop/gevent/orders.py"));
  EXPECT_FALSE(is_trio_file("/venv/lib/python3.12/site-packages/shop/trio/_core/_run.py"));
  EXPECT_FALSE(is_trio_file("/srv/shop/trio/_orders.py"));
  EXPECT_FALSE(is_curio_file("/venv/lib/python3.12/site-packages/shop/curio/sync.py"));
  EXPECT_FALSE(is_anyio_file("/venv/lib/python3.12/site-packages/shop/anyio/_core/_tasks.py"));
  EXPECT_FALSE(is_scheduler_file("/srv/gevent_tools/hub.py"));
}

TEST(SchedulerFiles, LibrariesWhereTheyAreInstalled) {
  EXPECT_TRUE(is_gevent_file("/venv/lib/python3.12/site-packages/gevent/hub.py"));
  EXPECT_TRUE(is_gevent_file("/usr/lib/python3/dist-packages/gevent/_ffi/loop.py"));
  EXPECT_TRUE(is_gevent_file("src/gevent/greenlet.py")) << "as code that was compiled by Cython names itself";
  EXPECT_TRUE(is_gevent_file("/tmp/packages/gevent/pool.py")) << "pip install --target";
  EXPECT_TRUE(is_trio_file("/venv/lib/python3.12/site-packages/trio/_core/_run.py"));
  EXPECT_TRUE(is_trio_file("/tmp/packages/trio/_timeouts.py"));
  EXPECT_FALSE(is_trio_file("/venv/lib/python3.12/site-packages/trio/abc.py"));
  EXPECT_TRUE(is_anyio_file("/venv/lib/python3.12/site-packages/anyio/_backends/_asyncio.py"));
  EXPECT_TRUE(is_anyio_file("/tmp/packages/anyio/streams/memory.py"));
  EXPECT_TRUE(is_curio_file("/home/me/curio/curio/kernel.py"));
  EXPECT_TRUE(is_curio_file("/venv/lib/python3.12/site-packages/curio/sync.py"));
}

}  // namespace
}  // namespace stillframe::text
