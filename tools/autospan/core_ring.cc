#include "core_ring.h"

#include <fmt/format.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <optional>

namespace autospan::cli {
namespace {

using ring::CoreDescriptor;
using ring::FileHeader;

constexpr std::string_view kDeleted = " (deleted)";
constexpr std::string_view kRingEnding = ".ring";
constexpr int kTriesMax = 64;  // pages that begin like a ring and are none
constexpr std::uint64_t kRingBytesMax = ring::chunk_offset(ring::kChunksMax);

std::string_view magic_of(const char (&magic)[8]) { return {magic, sizeof magic}; }

bool of_this_process(const CoreFile& core, const ring::Identity& process) {
  return core.pid == 0 || process.pid == core.pid;
}

std::optional<CoreDescriptor> find_descriptor(const CoreFile& core) {
  for (const bool first_pages : {true, false}) {
    PageSearch search;
    std::uint64_t address = 0;
    CoreDescriptor d;
    while (find_page(core, magic_of(ring::kCoreMagic), first_pages, search, address))
      if (copy_memory(core, address, sizeof d, reinterpret_cast<std::uint8_t*>(&d)) == sizeof d &&
          d.bytes == sizeof d && d.version == ring::kFormatVersion &&
          std::memchr(d.path, 0, sizeof d.path) != nullptr && of_this_process(core, d.process))
        return d;
  }
  return std::nullopt;
}

struct Candidate {
  std::string path;
  std::uint64_t base = 0;
};

std::vector<Candidate> candidates(const CoreFile& core, const std::optional<CoreDescriptor>& d) {
  std::vector<Candidate> out;
  if (d && d->in_file && d->path[0] != 0) out.push_back({d->path, d->base});
  for (const CoreMapping& mapping : core.mappings) {
    std::string path = mapping.path;
    if (path.size() > kDeleted.size() && path.substr(path.size() - kDeleted.size()) == kDeleted)
      path.resize(path.size() - kDeleted.size());
    if (path.size() <= kRingEnding.size() ||
        path.substr(path.size() - kRingEnding.size()) != kRingEnding)
      continue;
    if (out.empty() || out.back().path != path) out.push_back({path, mapping.begin});
  }
  return out;
}

// The file of that name, if it is still that process's ring.
bool open_kept(const CoreFile& core, const std::optional<CoreDescriptor>& d,
               const std::string& path, CoreRing& ring) {
  ring::OpenError error;
  auto view = ring::RingView::open(path, false, error, ring.why);
  if (!view) return false;
  const ring::Identity& process = view->header().process;
  const bool same =
      d ? std::memcmp(&d->process, &process, sizeof process) == 0 : of_this_process(core, process);
  if (!same) {
    ring.why = fmt::format("ring file {}: of another process by now", path);
    return false;
  }
  ring.view = std::move(view);
  return true;
}

// The memory at `base`, as far as the core holds it.
bool copy_ring(const CoreFile& core, std::uint64_t base, CoreRing& ring) {
  FileHeader header{};
  if (copy_memory(core, base, sizeof header, reinterpret_cast<std::uint8_t*>(&header)) !=
          sizeof header ||
      std::memcmp(header.magic, ring::kMagic, sizeof header.magic) != 0 ||
      header.map_bytes < ring::chunk_offset(0) || header.map_bytes > kRingBytesMax)
    return false;
  const std::uint64_t used = std::min(
      header.map_bytes, ring::chunk_offset(std::min(header.chunks_used, ring::kChunksMax)));
  void* memory = mmap(nullptr, used, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return false;
  auto* bytes = static_cast<std::uint8_t*>(memory);
  const std::uint64_t held = copy_memory(core, base, used, bytes);
  ring::OpenError error;
  ring.view = ring::RingView::of_copy(bytes, used, error, ring.why);
  if (!ring.view) return munmap(memory, used), false;
  ring.source = drain::Source::kCopy;
  if (held < used) {
    ++ring.damaged;
    ring.damage.push_back(
        fmt::format("the core holds {} of {} bytes of the ring in memory", held, used));
  }
  return true;
}

bool search_memory(const CoreFile& core, CoreRing& ring) {
  PageSearch search;
  std::uint64_t address = 0;
  for (int tries = 0; tries < kTriesMax; ++tries) {
    if (!find_page(core, magic_of(ring::kMagic), false, search, address)) return false;
    if (copy_ring(core, address, ring)) return true;
  }
  return false;
}

void tell_damage(const CoreFile& core, CoreRing& ring) {
  if (core.missing != 0)
    ring.damage.push_back(
        fmt::format("the core file is cut short: {} bytes are missing", core.missing));
  if (core.damaged != 0)
    ring.damage.push_back(
        fmt::format("{} parts of the core file do not hold together", core.damaged));
  ring.damaged = core.damaged + (core.missing != 0);
}

}  // namespace

CoreRing ring_of_core(const CoreFile& core) {
  CoreRing ring;
  tell_damage(core, ring);
  const std::optional<CoreDescriptor> descriptor = find_descriptor(core);
  const std::vector<Candidate> kept = candidates(core, descriptor);
  std::string gone;
  for (const Candidate& candidate : kept) {
    if (open_kept(core, descriptor, candidate.path, ring)) return ring;
    if (gone.empty()) gone = ring.why;
  }
  for (const Candidate& candidate : kept)
    if (copy_ring(core, candidate.base, ring)) return ring;
  if (descriptor && copy_ring(core, descriptor->base, ring)) return ring;
  if (search_memory(core, ring)) return ring;
  ring.why = gone.empty() ? descriptor ? "it does not hold the ring, which was in private memory"
                                       : "its process was not traced: no ring is named in it"
                          : gone + "; and the core does not hold its memory";
  return ring;
}

void add_signal_of_core(const CoreFile& core, const ring::RingView& view,
                        drain::ProcessDump& dump) {
  if (dump.fatal.signal != 0 || core.signal == 0 || dump.state == ring::kProcessExited ||
      dump.liveness == drain::Liveness::kAlive)
    return;
  dump.fatal.signal = core.signal;
  dump.fatal.code = core.code;
  dump.fatal.address = core.address;
  dump.fatal.pc = core.pc;
  dump.fatal.tid = core.tid;
  dump.fatal.sender = core.sender;
  std::uint64_t told_already = 0;
  dump.fatal.module = drain::module_of(drain::read_modules(view, told_already), core.pc);
}

}  // namespace autospan::cli
