// A host never notices that it is recorded: each row runs plain and recorded, and ends and prints alike.
// Then the ring is looked at.
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <utime.h>

#include <cstring>
#include <deque>
#include <set>

#include "catch.hpp"
#include "host_job.h"
#include "ring/sweep.h"

using namespace host;
using autospan::drain::ProcessDump;
using autospan::test::TemporaryDirectory;

namespace {

// Alike, and the recorded one did record. `lines` of our own are expected on stderr.
Outcome check_alike(const Place& place, const Arguments& row, Environment environment = {}, int lines = 0) {
  Environment off = environment;
  off["AUTOSPAN"] = "off";
  const Outcome plain = Place().run(row, off);
  const Outcome recorded = place.run(row, environment);
  CHECK(plain.code() == recorded.code());
  CHECK(plain.out == recorded.out);
  CHECK(!plain.out.empty());
  CHECK(plain.err.empty());
  if (lines == 0) CHECK(recorded.err == plain.err);
  CHECK(std::count(recorded.err.begin(), recorded.err.end(), '\n') == lines);
  if (lines) CHECK(recorded.err.rfind("autospan: ", 0) == 0);
  return recorded;
}

ProcessDump only(const Place& place) {
  auto dumps = place.dumps();
  REQUIRE(dumps.size() == 1);
  CHECK(dumps[0].damaged == 0);
  return std::move(dumps[0]);
}

long count(const ProcessDump& dump, std::string_view name) {
  return std::count_if(dump.batch.spans.begin(), dump.batch.spans.end(),
                       [&](const autospan::SpanData& span) { return span.name == name; });
}
const autospan::SpanData* find(const ProcessDump& dump, std::string_view name) {
  for (const autospan::SpanData& span : dump.batch.spans)
    if (span.name == name) return &span;
  return nullptr;
}
std::string field(const ProcessDump& dump, const autospan::SpanData& span, std::string_view key) {
  for (std::uint32_t i = 0; i < span.fields.count; ++i) {
    const autospan::Field& f = dump.batch.fields[span.fields.begin + i];
    if (f.key == key) return autospan::test::draw_value(f.value);
  }
  return "none";
}
bool says(const ProcessDump& dump, std::string_view words) {
  for (const std::string& sentence : dump.loss)
    if (sentence.find(words) != std::string::npos) return true;
  return false;
}
std::uint64_t storage(const std::string& path) {
  struct stat st {};
  stat(path.c_str(), &st);
  return std::uint64_t(st.st_blocks) * 512;
}

}  // namespace

// --- threads ------------------------------------------------------------------------------------

TEST_CASE("ten thousand live threads: within the cap, within 200 MB, and none is turned away") {
  const Arguments row{"live_threads", "10000"};
  Place place;
  const Outcome plain = Place().run(row, {{"AUTOSPAN", "off"}});
  const Outcome recorded = check_alike(place, row, {}, 1);
  const auto rings = place.rings();
  REQUIRE(rings.size() == 1);
  CHECK(storage(rings[0]) <= (65u << 20));
  long more = 0;
  for (const char* kind : {"anon_kb", "shmem_kb", "file_kb", "tables_kb"})
    more += recorded.figures.at(kind) - plain.figures.at(kind);
  // Of the file, what is not in the process's own pages lies in the page cache.
  const long in_all = more + long(storage(rings[0]) / 1024) -
                      (recorded.figures.at("file_kb") + recorded.figures.at("shmem_kb") -
                       plain.figures.at("file_kb") - plain.figures.at("shmem_kb"));
  INFO("resident " << more << " KB more; with all of the ring " << in_all << " KB");
  CHECK(more > 0);
  CHECK(in_all < 200 * 1024);
  WARN("10,000 live threads: " << more / 1024 << " MB resident more, " << in_all / 1024
                               << " MB with all of the ring");
  const ProcessDump dump = only(place);
  // Those that the file holds are whole; the others are counted.
  CHECK(count(dump, "stay") == 3 * count(dump, "go"));
  CHECK(count(dump, "go") > 4000);
  CHECK(says(dump, "threads recorded into private memory"));
  CHECK(!says(dump, "threads found no room"));
}

TEST_CASE("tens of thousands of threads in turn use the same chunks again") {
  Place place;
  check_alike(place, {"threads_in_turn", "30000"}, {{"AUTOSPAN_RING_TOTAL_MB", "1"}});
  const ProcessDump dump = only(place);
  CHECK(count(dump, "short") + long(dump.lost) == 30000);
  CHECK(count(dump, "short") >= 60);
  CHECK(storage(place.rings()[0]) <= (2u << 20));
}

TEST_CASE("caps: a thread's and the process's, and room for who comes late") {
  Place place;
  check_alike(place, {"caps", "80", "20000"}, {{"AUTOSPAN_RING_TOTAL_MB", "4"}, {"AUTOSPAN_RING_KB", "256"}});
  const ProcessDump dump = only(place);
  CHECK(storage(place.rings()[0]) <= (5u << 20));
  CHECK(count(dump, "filling") + long(dump.lost) == 80 * 20000);
  CHECK(count(dump, "late") == 1);
  CHECK(!says(dump, "private memory"));

  Place small;
  check_alike(small, {"caps", "2", "50000"}, {{"AUTOSPAN_RING_KB", "64"}});
  const ProcessDump two = only(small);
  CHECK(count(two, "filling") + long(two.lost) == 100000);
  CHECK(count(two, "filling") <= 2 * (128 + 3 * 255));
  CHECK(count(two, "filling") >= 2 * 2 * 127);
}

TEST_CASE("stacks of the least size, and errno, are left alone") {
  Place place;
  check_alike(place, {"small_stacks"});
  CHECK(count(only(place), "small") == 50);
  Place other;
  check_alike(other, {"errno_stays"});
}

TEST_CASE("threads that are cancelled leave the recorder to the others") {
  Place place;
  check_alike(place, {"cancelled_threads"});
  CHECK(count(only(place), "afterwards") == 1);
}

TEST_CASE("destructors of thread_local objects and of other keys record, and leave no thread behind") {
  Place place;
  check_alike(place, {"thread_ends"}, {{"AUTOSPAN_RING_TOTAL_MB", "1"}});
  const ProcessDump dump = only(place);
  CHECK(find(dump, "thread_local destructor"));
  CHECK(find(dump, "key destructor"));
  CHECK(find(dump, "another key"));
  CHECK(!says(dump, "private memory"));
  CHECK(!says(dump, "no room"));
}

// --- the process's beginning and end ------------------------------------------------------------

TEST_CASE("static constructors and destructors, exit handlers, and spans after shutdown") {
  for (const char* status : {"3", "0"})
    for (const char* exported : {"none", "file:/dev/null"}) {
      Place place;
      check_alike(place, {"process_ends", status}, {{"AUTOSPAN_EXPORT", exported}});
      if (*status == '0') {
        CHECK(place.rings().empty());
        continue;
      }
      const ProcessDump dump = only(place);
      CHECK(find(dump, "static constructor"));
      CHECK(find(dump, "static destructor"));
      CHECK(find(dump, "atexit"));
      CHECK(find(dump, "main"));
      CHECK(find(dump, "after shutdown"));
      CHECK(find(dump, "a thread after shutdown"));
    }
}

// --- processes ----------------------------------------------------------------------------------

TEST_CASE("fork: each process a ring of its own, in one trace") {
  Place place;
  check_alike(place, {"fork"});
  const auto dumps = place.dumps();
  REQUIRE(dumps.size() == 2);
  const std::size_t child = find(dumps[0], "in child") ? 0 : 1;
  REQUIRE(find(dumps[child], "in child"));
  REQUIRE(find(dumps[1 - child], "parent"));
  CHECK(find(dumps[child], "in child")->parent_id == find(dumps[1 - child], "parent")->span_id);
}

TEST_CASE("_Fork and a bare clone: no handler runs, and the child records all the same") {
  Place place;
  check_alike(place, {"fork_raw"});
  const auto dumps = place.dumps();
  REQUIRE(dumps.size() == 3);
  std::set<std::string> how;
  for (const ProcessDump& dump : dumps) {
    CHECK(dump.damaged == 0);
    if (const auto* span = find(dump, "in child")) how.insert(field(dump, *span, "how"));
  }
  CHECK(how == std::set<std::string>{"_Fork", "clone"});
}

TEST_CASE("threads that fork at once: each child continues the span of its own parent") {
  Place place;
  check_alike(place, {"fork_from_threads"}, {{"AUTOSPAN_KEEP", "100"}});
  std::map<autospan::SpanId, std::string> parents;
  std::vector<std::pair<autospan::SpanId, std::string>> children;
  const auto dumps = place.dumps();
  CHECK(dumps.size() == 33);
  for (const ProcessDump& dump : dumps)
    for (const autospan::SpanData& span : dump.batch.spans) {
      const std::string who = field(dump, span, "t") + "/" + field(dump, span, "i");
      if (span.name == "forking") parents[span.span_id] = who;
      if (span.name == "forked") children.push_back({span.parent_id, who});
    }
  CHECK(parents.size() == 32);
  CHECK(children.size() == 32);
  for (const auto& [parent, who] : children) CHECK(parents[parent] == who);
}

TEST_CASE("a fork while another thread records its first span does not hang the child") {
  Place place;
  check_alike(place, {"fork_while_attaching"}, {{"AUTOSPAN_KEEP", "3"}});
}

TEST_CASE("vfork and exec: what the child leaves open is not the parent's loss") {
  Place place;
  check_alike(place, {"vfork"});
  const ProcessDump dump = only(place);
  CHECK(count(dump, "after") == 1);
  CHECK(count(dump, "main") == 1);
  CHECK(count(dump, "vfork") == 2);
  CHECK(count(dump, "closed in child") == 2);  // the very first one is left out
  CHECK(dump.open.empty());
  for (const autospan::SpanData& span : dump.batch.spans)
    if (span.name == "about to exec") CHECK(span.abandoned);
}

TEST_CASE("posix_spawn") {
  Place place;
  check_alike(place, {"posix_spawn"});
  CHECK(count(only(place), "spawn") == 20);
}

TEST_CASE("children that share our memory do not disturb our stack, nor end us") {
  Place place;
  check_alike(place, {"clone_vm"});
  const ProcessDump dump = only(place);
  CHECK(count(dump, "in shared memory") == 30);
  CHECK(count(dump, "wait") == 30);
  CHECK(count(dump, "after") == 1);
  CHECK(count(dump, "main") == 1);
  CHECK(dump.open.empty());
  for (const autospan::SpanData& span : dump.batch.spans)
    CHECK(span.abandoned == (span.name == "left open"));

  Place other;
  check_alike(other, {"clone_vm_exit"});
  CHECK(count(only(other), "after") == 1);
}

TEST_CASE("an image that another one replaces leaves its ring, and does not silence the new one") {
  Place place;
  check_alike(place, {"exec"});
  const auto dumps = place.dumps();
  CHECK(dumps.size() == 2);
  for (const ProcessDump& dump : dumps) CHECK(count(dump, "before") == 1);
}

TEST_CASE("a daemon that closes all descriptors: its files hold what it wrote, and nothing else") {
  for (const char* exported : {"none", "file"}) {
    std::string logs[2];
    for (const bool off : {true, false}) {
      Place place;
      Environment environment{{"AUTOSPAN_EXPORT", *exported == 'f' ? "file:" + place.file("spans") : "none"}};
      if (off) environment["AUTOSPAN"] = "off";
      const Outcome outcome = place.run({"daemon", place.file("log")}, environment);
      CHECK(outcome.code() == 0);
      CHECK(outcome.out.empty());
      CHECK(outcome.err.empty());
      for (int i = 0; i < 100 && access(place.file("log.done").c_str(), F_OK) != 0; ++i) usleep(100'000);
      logs[!off] = read_all(place.file("log.done"));
      if (off) continue;
      // It ended well. Of its parent, which ended by _exit, nobody can tell.
      for (int i = 0; i < 50 && place.rings().size() > 1; ++i) usleep(100'000);
      const ProcessDump parent = only(place);
      CHECK(count(parent, "before") == 1);
      CHECK(count(parent, "daemon") == 0);
      if (*exported == 'f') CHECK(read_all(place.file("spans")).find("\"serve\"") != std::string::npos);
    }
    CHECK(!logs[0].empty());
    CHECK(logs[0] == logs[1]);
  }
}

TEST_CASE("a host that closes all descriptors under a running drain gets its own files") {
  std::string logs[2];
  for (const bool off : {true, false}) {
    Place place;
    Environment environment{{"AUTOSPAN_EXPORT", "file:" + place.file("spans")}};
    if (off) environment["AUTOSPAN"] = "off";
    const Outcome outcome = place.run({"close_everything", place.file("log")}, environment);
    CHECK(outcome.code() == 23);
    CHECK(outcome.out == "output\n");
    CHECK(outcome.err.empty());
    logs[!off] = read_all(place.file("log"));
    if (!off) {
      const ProcessDump dump = only(place);
      CHECK(count(dump, "serve") == 2000);
      const std::string spans = read_all(place.file("spans"));
      CHECK(std::count(spans.begin(), spans.end(), '\n') == 2100);
    }
  }
  CHECK(!logs[0].empty());
  CHECK(logs[0] == logs[1]);
}

TEST_CASE("a ring directory named from a directory that the host leaves") {
  TemporaryDirectory base;
  const std::string rings = base.path() + "/rings";
  mkdir(rings.c_str(), 0700);
  for (const bool well : {true, false}) {
    Place place(rings);
    Arguments row{"goes_elsewhere"};
    if (!well) row.push_back("badly");
    const Outcome outcome = place.run(row, {{"AUTOSPAN_RING_DIR", "rings"}},
                                      [&] { if (chdir(base.path().c_str()) != 0) _exit(97); });
    CHECK(outcome.code() == (well ? 0 : 24));
    CHECK(outcome.out == "moved\n");
    CHECK(outcome.err.empty());
    if (well)
      CHECK(place.rings().empty());
    else
      CHECK(count(only(place), "there") > 10000);
  }
}

// --- control flow -------------------------------------------------------------------------------

TEST_CASE("signal handlers that record, at any moment") {
  Place place;
  const Outcome outcome = check_alike(place, {"signal_handlers"}, {{"AUTOSPAN_RING_KB", "16384"}});
  const ProcessDump dump = only(place);
  CHECK(dump.open.empty());
  CHECK(outcome.figures.at("handled") > 10);
  CHECK(count(dump, "handler") > outcome.figures.at("handled") / 4);
  CHECK(count(dump, "work") + count(dump, "inside") + count(dump, "handler") + long(dump.lost) >=
        3 * 120000);
  for (const autospan::SpanData& span : dump.batch.spans) CHECK(!span.abandoned);
}

TEST_CASE("the first span of all may be a signal handler's, on an alternate stack") {
  Place place;
  check_alike(place, {"first_span_in_handler"});
  CHECK(count(only(place), "handler") == 2);
}

TEST_CASE("longjmp over spans closes them as abandoned, beyond a segment of the stack too") {
  Place place;
  check_alike(place, {"longjmp_over_spans"}, {{"AUTOSPAN_RING_KB", "4096"}});
  const ProcessDump dump = only(place);
  CHECK(dump.lost == 0);
  CHECK(count(dump, "round") == 200);
  CHECK(count(dump, "landed") == 200);
  CHECK(count(dump, "after") == 1);
  long depth = 0;
  for (int i = 0; i < 200; ++i) depth += i % 150 + 1;
  CHECK(count(dump, "deep") == depth);
  CHECK(dump.open.empty());
  for (const autospan::SpanData& span : dump.batch.spans) {
    if (span.name == "deep") CHECK(span.abandoned);
    if (span.name == "round" || span.name == "after") CHECK(!span.abandoned);
    if (span.name == "after") CHECK(!span.parent_id.valid());
  }
}

TEST_CASE("longjmp to where nothing records leaves no more open than a segment of the stack or two") {
  Place place;
  check_alike(place, {"longjmp_to_where_nothing_records"}, {{"AUTOSPAN_RING_KB", "8192"}});
  const ProcessDump dump = only(place);
  CHECK(dump.lost == 0);
  CHECK(dump.open.size() < 400);
  CHECK(count(dump, "fails") + long(dump.open.size()) == 20000);
  for (const autospan::SpanData& span : dump.batch.spans) CHECK(span.abandoned);
}

TEST_CASE("a host's handler that takes the alternate stack for its own has room there") {
  Place place;
  check_alike(place, {"large_handler_without_a_stack_of_its_own"});
}

TEST_CASE("children that come and go leave few rings behind") {
  Place place;
  check_alike(place, {"many_children"});
  CHECK(place.rings().size() < 40);
  std::uint64_t bytes = 0;
  for (const std::string& ring : place.rings()) bytes += storage(ring);
  CHECK(bytes < 20u << 20);
}

TEST_CASE("fibers that are switched over open spans cost their spans' shape, never the host") {
  Place place;
  check_alike(place, {"fibers"});
  const ProcessDump dump = only(place);
  CHECK(count(dump, "after") == 1);
  CHECK(count(dump, "before the switch") > 0);
  CHECK(count(dump, "main") + long(dump.open.size()) >= 1);
}

// --- libraries ----------------------------------------------------------------------------------

TEST_CASE("instrumented libraries come and go: their names stay, and the table does not grow") {
  Place place;
  check_alike(place, {"dlopen_dlclose", "300"});
  const ProcessDump dump = only(place);
  CHECK(count(dump, "plugin_work") == 330);
  CHECK(count(dump, "plugin constructor") == 300);
  const auto* span = find(dump, "plugin_work");
  REQUIRE(span);
  CHECK(field(dump, *span, "text") == "of the plugin");
  CHECK(field(dump, *span, "plugin.field") == "0");
  CHECK(span->code_filepath.find("plugin.cc") != std::string_view::npos);
  autospan::ring::OpenError error;
  std::string message;
  const auto view = autospan::ring::RingView::open(place.rings()[0], false, error, message);
  REQUIRE(view);
  CHECK(view->header().site_count < 12);
}

TEST_CASE("a library whose constructors record is opened while threads attach") {
  for (int i = 0; i < 15; ++i) {
    Place place;
    check_alike(place, {"dlopen_while_attaching"});
  }
}

TEST_CASE("several copies of the runtime: one records, the others say so and stay off") {
  Place place;
  check_alike(place, {"copies", "main first"}, {}, 2);
  const ProcessDump dump = only(place);
  CHECK(count(dump, "main") == 2);

  Place other;  // the copy in the library comes first; main's own is the second, b's the third
  check_alike(other, {"copies"}, {}, 2);
  CHECK(count(only(other), "plugin_work") == 101);

  Place namespaces;
  check_alike(namespaces, {"copy_in_a_namespace"}, {}, 1);
  CHECK(count(only(namespaces), "main") == 2);
}

// --- file systems -------------------------------------------------------------------------------

namespace {

// A file system of its own, of so many bytes; empty where mounting is not allowed.
class FileSystem {
 public:
  FileSystem(const char* type, const std::string& size) {
    if (!std::strcmp(type, "tmpfs")) {
      mounted_ = mount("none", at_.path().c_str(), "tmpfs", 0, ("mode=0700,size=" + size).c_str()) == 0;
      return;
    }
    const std::string make = "truncate -s " + size + " " + image_.path() + "/image && mkfs." + type +
                             " -q " + image_.path() + "/image && mount -o loop " + image_.path() +
                             "/image " + at_.path() + " 2>/dev/null && chmod 0700 " + at_.path();
    mounted_ = std::system((make + " 2>/dev/null").c_str()) == 0;
  }
  ~FileSystem() {
    if (mounted_) umount2(at_.path().c_str(), MNT_DETACH);
  }
  bool mounted() const { return mounted_; }
  const std::string& path() const { return at_.path(); }
  // Leaves `bytes` free.
  void fill(std::uint64_t leave) const {
    std::ofstream file(path() + "/ballast", std::ios::binary);
    const std::string block(4096, 'b');
    while (std::filesystem::space(path()).available > leave && file.write(block.data(), 4096)) {
      file.flush();
    }
  }

 private:
  TemporaryDirectory at_, image_;
  bool mounted_ = false;
};

}  // namespace

TEST_CASE("a full file system, before the ring is made and after: no SIGBUS, the host as ever") {
  for (const char* type : {"tmpfs", "ext4"}) {
    INFO(type);
    FileSystem disk(type, "24m");
    if (!disk.mounted()) {
      WARN("skipped: mounting a " << type << " needs root, and loop devices");
      continue;
    }
    {
      Place place(disk.path());
      check_alike(place, {"fill"});
      for (const std::string& ring : place.rings()) CHECK(storage(ring) <= (12u << 20));
    }
    // It fills up while the ring is there: what has storage has it, what has none is never touched.
    Place place(disk.path());
    const pid_t pid = place.start({"fill"}, {});
    disk.fill(0);
    int status = 0;
    waitpid(pid, &status, 0);
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 25);
    for (const std::uint64_t left : {std::uint64_t(0), std::uint64_t(300'000), std::uint64_t(700'000)}) {
      for (const std::string& ring : place.rings()) unlink(ring.c_str());
      std::filesystem::remove(disk.path() + "/ballast");
      disk.fill(left);
      const Outcome outcome = place.run({"fill"}, {});
      CHECK(outcome.code() == 25);
      CHECK(outcome.out == "filled\n");
      for (const ProcessDump& dump : place.dumps()) CHECK(dump.damaged == 0);
    }
  }
}

// --- one directory for many ---------------------------------------------------------------------

namespace {

// A pid namespace in which a row has run as pid 1. It lives on, so that no later one gets its number.
class Namespace {
 public:
  Namespace(const Place& place, const Arguments& row) {
    std::fflush(nullptr);
    pid_ = fork();
    if (pid_ == 0) {
      if (unshare(CLONE_NEWPID) != 0) _exit(77);
      waitpid(place.start(row, {}), nullptr, 0);
      raise(SIGSTOP);
      _exit(0);
    }
    int status = 0;
    waitpid(pid_, &status, WUNTRACED);
    allowed_ = WIFSTOPPED(status);
  }
  ~Namespace() {
    if (allowed_) kill(pid_, SIGKILL), waitpid(pid_, nullptr, 0);
  }
  Namespace(const Namespace&) = delete;
  Namespace& operator=(const Namespace&) = delete;
  bool allowed() const { return allowed_; }

 private:
  pid_t pid_;
  bool allowed_;
};

// As if its process had lived elsewhere, and been silent for so long.
void alter(const std::string& path, bool other_namespace, long days) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  autospan::ring::FileHeader h;
  file.read(reinterpret_cast<char*>(&h), sizeof h);
  if (other_namespace) h.process.pid_ns ^= 1;
  for (autospan::ring::ClockAnchor& anchor : h.anchors)
    if (anchor.realtime_ns) anchor.realtime_ns -= days * 86400 * 1'000'000'000;
  file.seekp(0);
  file.write(reinterpret_cast<char*>(&h), sizeof h);
  file.close();
  struct stat st {};
  stat(path.c_str(), &st);
  const utimbuf times{st.st_atime, st.st_mtime - days * 86400};
  utime(path.c_str(), &times);
}

}  // namespace

TEST_CASE("pid namespaces share a directory: pid 1 of each has its ring, and no other's is swept") {
  Place place;
  std::deque<Namespace> namespaces;
  for (int i = 0; i < 8; ++i) {
    namespaces.emplace_back(place, Arguments{"one_span_open"});
    if (namespaces.back().allowed()) continue;
    WARN("skipped: a pid namespace needs root");
    return;
  }
  auto dumps = place.dumps();
  CHECK(dumps.size() == 8);
  for (const ProcessDump& dump : dumps) {
    CHECK(dump.identity.pid == 1);
    CHECK(dump.liveness == autospan::drain::Liveness::kUnknown);
    REQUIRE(dump.open.size() == 1);
  }
  // Whoever starts here leaves them alone, for seven days.
  place.run({"one_span"});
  CHECK(place.rings().size() == 9);
  alter(place.rings()[0], false, 6);
  place.run({"one_span"});
  CHECK(place.rings().size() == 10);
  for (const std::string& ring : place.rings()) alter(ring, false, 8);
  place.run({"one_span"});
  CHECK(place.rings().size() == 1);
}

TEST_CASE("whoever starts next sweeps: five of a program, seven days, what is alive and awaited stays") {
  Place place;
  for (int i = 0; i < 9; ++i) place.run({"one_span"});
  CHECK(place.rings().size() == 6);  // five, and the last one's own
  place.run({"one_span"}, {{"AUTOSPAN_KEEP", "2"}});
  CHECK(place.rings().size() == 3);
  place.run({"one_span"}, {{"AUTOSPAN_KEEP", "0"}});
  CHECK(place.rings().size() == 1);

  // Another namespace's stay beyond the number, a wrapper's are left to it.
  for (int i = 0; i < 9; ++i) {
    place.run({"one_span"}, {{"AUTOSPAN_KEEP", "100"}});
    place.run({"one_span"}, {{"AUTOSPAN_KEEP", "100"}, {"AUTOSPAN_RUN", "00000000000000aa"}});
  }
  int altered = 0;
  for (const std::string& ring : place.rings()) {
    autospan::ring::OpenError error;
    std::string message;
    const auto view = autospan::ring::RingView::open(ring, false, error, message);
    if (view->header().run_id == 0 && altered < 4) alter(ring, ++altered, 0);
  }
  place.run({"one_span"}, {{"AUTOSPAN_KEEP", "1"}});
  int awaited = 0, elsewhere = 0, here = 0;
  const std::uint64_t own = autospan::ring::current_identity().pid_ns;
  for (const std::string& ring : place.rings()) {
    autospan::ring::OpenError error;
    std::string message;
    const auto view = autospan::ring::RingView::open(ring, false, error, message);
    const auto& h = view->header();
    (h.run_id ? awaited : h.process.pid_ns != own ? elsewhere : here) += 1;
  }
  CHECK(awaited == 9);
  CHECK(elsewhere == 4);
  CHECK(here <= 2);

  // Below a wrapper nobody sweeps; and what is no ring is never touched.
  Place wrapped;
  std::ofstream(wrapped.file("job-1-notahexnumber.txt")) << "text";
  for (int i = 0; i < 9; ++i) wrapped.run({"one_span"}, {{"AUTOSPAN_DRAIN", "outside"}});
  CHECK(wrapped.rings().size() == 9);
  wrapped.run({"one_span", "0"});
  CHECK(wrapped.rings().size() == 5);
  CHECK(std::filesystem::exists(wrapped.file("job-1-notahexnumber.txt")));
}

TEST_CASE("the sweep keeps within a total, newest first, and spares the living") {
  Place place;
  for (int i = 0; i < 6; ++i) {
    place.run({"one_span"}, {{"AUTOSPAN_KEEP", "100"}});
    usleep(10'000);
  }
  const std::uint64_t one = storage(place.rings()[0]);
  autospan::ring::KeepRules rules;
  rules.per_program = 100;
  rules.total_bytes = 3 * one + one / 2;
  const auto own = autospan::ring::current_identity();
  CHECK(autospan::ring::sweep_rings(place.rings_directory().c_str(), nullptr, rules, own) == 3);
  CHECK(place.rings().size() == 3);
  rules.per_program = 0;
  CHECK(autospan::ring::sweep_rings(place.rings_directory().c_str(), nullptr, rules, own) == 3);
}
