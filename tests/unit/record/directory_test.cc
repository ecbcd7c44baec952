// Where the ring file lies, when it is kept, and what happens where it cannot.
#include <autospan/trace.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "catch.hpp"
#include "ring/sweep.h"
#include "recorded_child.h"

using namespace autospan::test;

namespace {

int record_one(int status) {
  TRACE_SPAN("one");
  return status;
}

}  // namespace

TEST_CASE("the ring is removed after status 0 and kept after any other end") {
  RecordedChild well;
  well.run([] { return record_one(0); });
  CHECK(well.rings().empty());

  RecordedChild badly;
  badly.run([] { return record_one(3); });
  REQUIRE(badly.rings().size() == 1);
  CHECK(badly.dump().exit_status == 3);

  RecordedChild killed;
  killed.run([] {
    record_one(0);
    signal(SIGABRT, SIG_DFL);  // the test runner's own
    abort();
    return 0;
  });
  CHECK(killed.rings().size() == 1);

  RecordedChild hard;
  hard.run([] {
    TRACE_SPAN("open");
    _exit(0);
    return 0;
  });
  REQUIRE(hard.rings().size() == 1);
  CHECK(hard.dump().open.size() == 1);
}

TEST_CASE("the file is ours alone and named after program and pid") {
  RecordedChild child;
  child.run([] { return record_one(1); });
  const std::string ring = child.rings().at(0);
  struct stat st;
  REQUIRE(stat(ring.c_str(), &st) == 0);
  CHECK((st.st_mode & 0777) == 0600);
  CHECK(std::filesystem::path(ring).filename().string().rfind("record_test-", 0) == 0);
}

TEST_CASE("off makes no file") {
  for (const char* variable : {"AUTOSPAN", "AUTOSPAN_RING"}) {
    RecordedChild child;
    child.run([] { return record_one(1); }, {{variable, "off"}});
    CHECK(child.rings().empty());
    CHECK(child.stderr_text().empty());
  }
}

TEST_CASE("a directory that others may write is refused, and said once") {
  RecordedChild child;
  TemporaryDirectory foreign;
  chmod(foreign.path().c_str(), 0777);
  const int status = child.run(
      [] {
        record_one(0);
        return record_one(4);
      },
      {{"AUTOSPAN_RING_DIR", foreign.path()}});

  CHECK(WEXITSTATUS(status) == 4);
  CHECK(std::filesystem::is_empty(foreign.path()));
  const std::string said = child.stderr_text();
  CHECK(said.find("AUTOSPAN_RING_DIR=" + foreign.path() + " cannot be used: not a directory of our "
                  "own with mode 0700; using ") != std::string::npos);
  CHECK(std::count(said.begin(), said.end(), '\n') == 1);
  for (const auto& ring : autospan::drain::list_rings())  // it went to the next place
    if (ring.program == "record_test" && ring.liveness == autospan::drain::Liveness::kDead)
      unlink(ring.path.c_str());
}

TEST_CASE("a path that cannot be a directory falls back to the next place") {
  for (const char* path : {"/proc/no/such", "/dev/null", "/etc/passwd"}) {
    RecordedChild child;
    const int status = child.run([] { return record_one(0); }, {{"AUTOSPAN_RING_DIR", path}});
    CHECK(WEXITSTATUS(status) == 0);
    CHECK(child.stderr_text().find(path) != std::string::npos);
  }
}

TEST_CASE("a file size limit never becomes a SIGXFSZ") {
  RecordedChild child;
  const int status = child.run([] {
    const rlimit limit{100000, 100000};
    setrlimit(RLIMIT_FSIZE, &limit);
    for (int i = 0; i < 10000; ++i) record_one(0);
    return record_one(5);
  });
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 5);
}

TEST_CASE("a file system with no room left costs spans, never the host") {
  TemporaryDirectory mountpoint;
  if (mount("none", mountpoint.path().c_str(), "tmpfs", 0, "size=900k,mode=0700") != 0) {
    WARN("skipped: mounting a tmpfs needs root");
    return;
  }
  RecordedChild child;
  const int status = child.run(
      [] {
        for (int i = 0; i < 100000; ++i) record_one(0);
        return record_one(6);
      },
      {{"AUTOSPAN_RING_DIR", mountpoint.path()}});
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 6);
  umount(mountpoint.path().c_str());
}

TEST_CASE("kept rings are swept: the newest few of a program stay, live ones and others' are left") {
  RecordedChild child;
  for (int i = 0; i < 8; ++i) child.run([] { return record_one(1); }, {{"AUTOSPAN_KEEP", "100"}});
  REQUIRE(child.rings().size() == 8);
  std::filesystem::copy_file(child.rings()[0], child.directory() + "/other-1-0123456789abcdef.ring");
  std::filesystem::copy_file(child.rings()[0], child.directory() + "/not a ring");

  autospan::ring::KeepRules rules;
  CHECK(rules.per_program == 5);
  const std::size_t removed = autospan::ring::sweep_rings(child.directory().c_str(), nullptr, rules,
                                                          autospan::ring::current_identity());

  CHECK(removed == 3);
  CHECK(child.rings().size() == 6);
  CHECK(std::filesystem::exists(child.directory() + "/not a ring"));
}
