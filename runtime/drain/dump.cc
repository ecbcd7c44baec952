#include "drain/dump.h"

#include <dirent.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <set>

#include "drain/environment.h"
#include "drain/resource.h"
#include "ring/counters.h"
#include "ring/directory.h"

namespace autospan::drain {
namespace {

void note(std::vector<std::string>& to, std::uint64_t count, const char* what) {
  if (count) to.push_back(fmt::format("{} {}", count, what));
}

// A frame may still stand although its record was committed: the kill came between the two.
void drop_finished(ProcessDump& dump) {
  std::set<SpanId> finished;
  for (const SpanData& span : dump.batch.spans) finished.insert(span.span_id);
  dump.open.erase(std::remove_if(dump.open.begin(), dump.open.end(),
                                 [&](const OpenSpan& o) { return finished.count(o.span.span_id); }),
                  dump.open.end());
}

void count_losses(ProcessDump& dump, const ring::RingView& view, const ring::ReadCounts& read,
                  const Assembler& assembler, std::uint64_t stack_damage,
                  std::uint64_t module_damage) {
  const ring::FileHeader& h = view.header();
  std::uint64_t refused = 0, orphans = 0, foreign = 0, values = 0;
  for (const ring::ThreadInfo& thread : ring::read_threads(view)) {
    const ring::ThreadHeader& t = view.thread(thread.chunk);
    refused += ring::load(t.refused);
    orphans += ring::load(t.orphan_fields);
    foreign += ring::load(t.foreign_exits);
    values += ring::load(t.dropped_values);
  }
  dump.lost = read.lost + ring::load(h.lost_records);
  note(dump.loss, read.lost, "records were overwritten by newer ones");
  note(dump.loss, ring::load(h.lost_records), "records of exited threads gave way to other threads");
  note(dump.loss, refused, "spans were not recorded: no memory, or begun inside the recorder");
  note(dump.loss, ring::load(h.threads_refused), "threads found no room in the ring");
  note(dump.loss, ring::load(h.threads_private),
       "threads recorded into private memory: the ring was full");
  note(dump.loss, ring::load(h.sites_refused), "places in code found no room in the site table");
  note(dump.loss, values, "values found no room");
  note(dump.loss, assembler.counts().fields_pending_dropped,
       "fields_pending_dropped: long fields whose spans are lost, or that found no room");
  note(dump.loss, orphans, "fields, events or errors were set outside any span");
  note(dump.loss, foreign, "spans were ended on another thread or after fork");
  if (ring::load(h.foreign_traceparent))
    dump.loss.push_back("TRACEPARENT was not a valid W3C traceparent and was ignored");
  dump.damaged = read.damaged + assembler.counts().damaged + assembler.sites().damaged() +
                 stack_damage + module_damage;
  note(dump.damage, read.damaged, "chunks or records do not hold together");
  note(dump.damage, assembler.counts().damaged, "payloads do not hold together");
  note(dump.damage, assembler.sites().damaged(), "site blocks do not hold together");
  note(dump.damage, stack_damage, "stacks of open spans do not hold together");
  note(dump.damage, module_damage, "module blocks do not hold together");
  note(dump.damage, assembler.counts().trace_unknown, "records name a context that is gone");
  note(dump.damage, read.unknown, "records are of a kind that this build does not know");
}

// Until nothing new is there: a pass ends early where a chunk is overwritten under it. Bounded, since a
// process that writes as fast as we read would keep us for ever.
void read_records(ring::RingReader& reader, Assembler& assembler) {
  constexpr int kPassesMax = 1024;  // of 65536 records: more than the largest ring holds
  for (int pass = 0, busy = 0; pass < kPassesMax && busy < 8; ++pass) {
    const std::uint64_t before = reader.counts().records + reader.counts().lost;
    const bool more = reader.read(assembler, 1u << 16);
    if (!more && reader.counts().records + reader.counts().lost == before) return;
    busy += !more;
  }
}

void drop_later(SpanBatch& batch, std::int64_t moment_unix_ns) {
  const auto drop = [](auto& items, auto later) {
    items.erase(std::remove_if(items.begin(), items.end(), later), items.end());
  };
  drop(batch.spans, [&](const SpanData& s) { return s.start_unix_ns > moment_unix_ns; });
  drop(batch.events, [&](const SpanEventData& e) { return e.time_unix_ns > moment_unix_ns; });
  drop(batch.links, [&](const SpanLinkData& l) { return l.time_unix_ns > moment_unix_ns; });
}

void list_directory(const std::string& directory, std::vector<KeptRing>& out) {
  DIR* dir = opendir(directory.c_str());
  if (!dir) return;
  while (const dirent* entry = readdir(dir)) {
    KeptRing kept;
    struct stat st;
    kept.path = directory + "/" + entry->d_name;
    std::uint32_t program = 0;
    if (!ring::parse_ring_name(entry->d_name, &program, &kept.pid) ||
        lstat(kept.path.c_str(), &st) != 0 || !S_ISREG(st.st_mode))
      continue;
    kept.program.assign(entry->d_name, program);
    kept.modified_unix_ns = std::int64_t(st.st_mtim.tv_sec) * 1'000'000'000 + st.st_mtim.tv_nsec;
    kept.bytes = std::uint64_t(st.st_blocks) * 512;
    ring::OpenError error;
    std::string message;
    if (const auto view = ring::RingView::open(kept.path, false, error, message))
      kept.liveness = liveness(view->header().process);
    out.push_back(std::move(kept));
  }
  closedir(dir);
}

}  // namespace

std::vector<CountedCalls> counted_calls(const ring::RingView& view, const ring::SiteTable& sites) {
  std::vector<CountedCalls> out;
  for (const auto& [id, total] : ring::read_counters(view)) {
    const ring::Site* site = sites.find(id);
    if (total.calls || total.state)
      out.push_back({site ? site->name : fmt::format("site {}", id), total.calls, total.state});
  }
  return out;
}

ProcessDump read_dump(const ring::RingView& view, Source source) {
  ProcessDump dump;
  const ring::FileHeader& h = view.header();
  dump.path = view.path();
  dump.resource = read_resource(view);
  dump.identity = h.process;
  dump.liveness = source == Source::kLive ? Liveness::kAlive : liveness(h.process);
  dump.state = ring::load_acquire(h.state);
  if (dump.state == ring::kProcessExited) dump.exit_status = ring::load(h.exit_status);
  Assembler assembler(view);
  assembler.look();
  assembler.begin(dump.batch);
  dump.batch.resource = std::make_shared<const Resource>(dump.resource);
  dump.started_unix_ns = ring::load(h.anchors[0].realtime_ns);
  const bool alive = source != Source::kCopy && dump.liveness == Liveness::kAlive &&
                     dump.state != ring::kProcessExited;
  std::uint64_t stack_damage = 0, module_damage = 0;
  ring::RingReader reader(view);
  read_records(reader, assembler);
  const std::uint64_t now = alive ? assembler.clock().now_ticks() : last_sign_of_life(view);
  dump.last_unix_ns = assembler.clock().unix_ns(now);
  dump.open = open_spans(view, assembler, now, stack_damage);
  // What ended since the first pass is in the second, and what began since then in neither.
  const std::size_t before = dump.batch.items();
  if (alive)
    read_records(reader, assembler);
  else
    reader.finish();
  if (dump.batch.items() != before) drop_later(dump.batch, dump.last_unix_ns);
  dump.counted = counted_calls(view, assembler.sites());
  assembler.drop_waiting();
  drop_finished(dump);
  dump.fatal = read_fatal_signal(view, assembler.clock(), module_damage);
  count_losses(dump, view, reader.counts(), assembler, stack_damage, module_damage);
  return dump;
}

std::vector<std::string> ring_directories() {
  const char* const chosen = environment("AUTOSPAN_RING_DIR");
  // A usable directory that was named is the only one, as with AUTOSPAN_STORE; the recorder goes on
  // to the others where it is not.
  struct Found {
    std::vector<std::string> paths;
    bool first_is_all;
  } found{{}, chosen != nullptr};
  ring::visit_ring_directories(
      chosen, environment("TMPDIR"), false, &found,
      [](void* context, const char* path, ring::DirectoryState state) {
        Found& f = *static_cast<Found*>(context);
        const bool usable = state == ring::DirectoryState::kUsable;
        if (usable) f.paths.push_back(path);
        const bool done = usable && f.first_is_all;
        f.first_is_all = false;
        return done;
      });
  return found.paths;
}

std::vector<KeptRing> list_rings() {
  std::vector<KeptRing> out;
  for (const std::string& directory : ring_directories()) list_directory(directory, out);
  std::sort(out.begin(), out.end(), [](const KeptRing& a, const KeptRing& b) {
    return a.modified_unix_ns != b.modified_unix_ns ? a.modified_unix_ns > b.modified_unix_ns
                                                    : a.path < b.path;
  });
  return out;
}

}  // namespace autospan::drain
