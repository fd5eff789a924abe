#include <gtest/gtest.h>

#include "diagnose/list.h"
#include "diagnose/stills.h"

namespace stillframe::diagnose {
namespace {

using model::Severity;

model::Still waits_for_file(std::string_view syscall, model::WaitedFile file) {
  model::Still still;
  still.source.pid = 100;
  still.threads = {sleeping_thread(100, "main", 10)};
  sleep_in(still.threads[0], syscall, "waits");
  still.threads[0].waiting_on->files = {std::move(file)};
  return still;
}

TEST(FileWaits, LockOfAnotherProcess) {
  model::Still still = waits_for_file("flock", {.fd = 3, .path = "/srv/db.lock"});
  still.threads[0].waiting_on->processes = {{.pid = 4313, .name = "worker.py"}};
  Findings findings = found_by(find_file_waits, still);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].id, "file-lock");
  EXPECT_EQ(findings[0].severity, Severity::certain);
  EXPECT_EQ(
      findings[0].title,
      "Thread 100 \"main\" waits at /srv/app.py:10 in work for a lock of /srv/db.lock that process 4313 worker.py "
      "holds");
  still.threads[0].waiting_on->processes = {{.pid = 100}};
  findings = found_by(find_file_waits, still);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_TRUE(findings[0].title.ends_with("that this process itself holds"));
  still.threads[0].waiting_on->processes.clear();
  EXPECT_TRUE(found_by(find_file_waits, still).empty()) << "nobody is known to hold it";
}

TEST(FileWaits, FileServersAndDisks) {
  model::Still still = waits_for_file("openat", {.fd = -1});
  still.threads[0].os_state = model::OsState::uninterruptible;
  still.threads[0].waiting_on->wait_channel = "rpc_wait_bit_killable";
  Findings findings = found_by(find_file_waits, still);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, Severity::likely);
  still.threads[0].waiting_on->wait_channel = "folio_wait_bit_common";
  findings = found_by(find_file_waits, still);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, Severity::note);
  still.threads[0].waiting_on->syscall = "vfork";
  EXPECT_TRUE(found_by(find_file_waits, still).empty()) << "a parent waits for its child to begin";
}

TEST(FileWaits, FilesOnServers) {
  model::Still still = waits_for_file("read", {.fd = 3,
                                               .kind = model::FileKind::file,
                                               .server = "nfs4 host:/export, mounted at /srv",
                                               .server_answers = false});
  still.threads[0].os_state = model::OsState::uninterruptible;
  Findings findings = found_by(find_file_waits, still);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, Severity::likely);
  EXPECT_EQ(
      findings[0].title,
      "Thread 100 \"main\" waits at /srv/app.py:10 in work for a file server, which does not answer, and cannot be "
      "interrupted");
  EXPECT_EQ(findings[0].evidence[1], "the file is on a server: nfs4 host:/export, mounted at /srv");
  still.threads[0].waiting_on->files[0].fd = -1;
  still.threads[0].waiting_on->files[0].path = "/srv/lib.so";
  EXPECT_EQ(found_by(find_file_waits, still)[0].evidence[1],
            "the mapped file /srv/lib.so is on a server: nfs4 host:/export, mounted at /srv");
  still.threads[0].waiting_on->files[0].server_answers = true;
  still.threads[0].os_state = model::OsState::sleeping;
  findings = found_by(find_file_waits, still);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, Severity::note);
  EXPECT_EQ(findings[0].title, "Thread 100 \"main\" waits at /srv/app.py:10 in work for a file server");
  EXPECT_EQ(findings[0].evidence.back(), "the server answers Stillframe");
  still.threads[0].waiting_on->files[0].server_answers.reset();
  findings = found_by(find_file_waits, still);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, Severity::note);
  EXPECT_TRUE(findings[0].evidence.back().starts_with("the mapped file")) << "nobody has asked it";
  still.threads[0].waiting_on->files[0].kind = model::FileKind::tcp;
  EXPECT_TRUE(found_by(find_file_waits, still).empty());
}

TEST(FileWaits, ServersThatDoNotAnswer) {
  model::Still still = waits_for_file("connect", {.fd = 3, .peer = "10.0.0.3:80", .state = "connecting"});
  const Findings findings = found_by(find_file_waits, still);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, Severity::likely);
  EXPECT_EQ(
      findings[0].title,
      "Thread 100 \"main\" waits at /srv/app.py:10 in work for an answer from 10.0.0.3:80, which has not come yet");
}

TEST(FileWaits, InputIsANote) {
  const Findings findings = found_by(find_file_waits, waits_for_file("read", {.kind = model::FileKind::terminal}));
  EXPECT_TRUE(findings.empty()) << "fd -1";
  const Findings input = found_by(find_file_waits, waits_for_file("read", {.fd = 0}));
  ASSERT_EQ(input.size(), 1U);
  EXPECT_EQ(input[0].severity, Severity::note);
}

TEST(FileWaits, NothingOfServersAndCores) {
  EXPECT_TRUE(found_by(find_file_waits, waits_for_file("accept4", {.fd = 3})).empty());
  EXPECT_TRUE(found_by(find_file_waits, waits_for_file("recvfrom", {.fd = 3, .state = "established"})).empty());
  model::Still still = waits_for_file("read", {.fd = 0});
  still.source.kind = model::SourceKind::core;
  EXPECT_TRUE(found_by(find_file_waits, still).empty());
}

}  // namespace
}  // namespace stillframe::diagnose
