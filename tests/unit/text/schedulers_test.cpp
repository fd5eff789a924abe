#include "text/schedulers.h"

#include <gtest/gtest.h>

namespace stillframe::text {
namespace {

using enum model::Scheduler;

TEST(SchedulerFiles, AreThoseOfTheLibraryItself) {
  EXPECT_TRUE(is_file_of(asyncio, "/usr/lib/python3.12/asyncio/base_events.py"));
  EXPECT_FALSE(is_file_of(asyncio, "/srv/app/asyncio/deep/own.py"));
  EXPECT_FALSE(is_file_of(asyncio, "/srv/app/asyncio_tools.py"));
  EXPECT_TRUE(is_file_of(trio, "/site/trio/_core/_run.py"));
  EXPECT_FALSE(is_file_of(trio, "/srv/trio/app.py"));
  EXPECT_TRUE(is_file_of(gevent, "/site/gevent/hub.py"));
  EXPECT_FALSE(is_file_of(gevent, "/site/trio/_core/_run.py"));
}

TEST(SchedulerFiles, OfCurioAreItsModulesAlone) {
  EXPECT_TRUE(is_file_of(curio, "/site/curio/kernel.py"));
  EXPECT_TRUE(is_file_of(curio, "/site/curio/workers.py"));
  for (const char* other : {"/home/me/curio/app.py", "/site/curio/kern.py", "/site/curio/kernel.pyc", "/site/curio/.py",
                            "/site/curio/file io.py", "/site/curio/deep/kernel.py", "kernel.py", ""}) {
    EXPECT_FALSE(is_file_of(curio, other)) << other;
  }
}

TEST(SchedulerFiles, AreThoseOfAnyOfThemAndOfAnyio) {
  for (const char* file : {"/lib/python3.12/asyncio/tasks.py", "/site/trio/_sync.py", "/site/curio/sync.py",
                           "/site/gevent/lock.py", "/site/anyio/_core/_tasks.py"}) {
    EXPECT_TRUE(is_scheduler_file(file)) << file;
  }
  EXPECT_FALSE(is_scheduler_file("/srv/app.py"));
  EXPECT_FALSE(is_scheduler_file(""));
}

TEST(SchedulerWords, AreThereForEach) {
  EXPECT_EQ(names_of_schedulers(" or "), "asyncio, trio, curio or gevent");
#define SF_SCHEDULER(id, ...)                          \
  EXPECT_EQ(words_of(model::Scheduler::id).name, #id); \
  EXPECT_FALSE(words_of(model::Scheduler::id).loop.empty());
#include "model/schedulers.def"
#undef SF_SCHEDULER
}

}  // namespace
}  // namespace stillframe::text
