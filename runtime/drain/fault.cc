#include "drain/fault.h"

#include <cstring>

namespace autospan::drain {
namespace {

constexpr std::uint32_t kRoom = ring::kChunkBytes - sizeof(ring::ChunkHeader);

bool within(ring::Text text, std::uint32_t bytes) {
  return text.offset <= bytes && text.length <= bytes - text.offset;
}

void read_chunk(const ring::RingView& view, std::uint32_t chunk, std::vector<LoadedModule>& out,
                std::uint64_t& damaged) {
  std::uint32_t used = ring::load_acquire(view.chunk(chunk).used);
  if (used > kRoom) {
    ++damaged;
    used = kRoom;
  }
  const auto* begin = reinterpret_cast<const char*>(view.slots(chunk) + 1);
  for (std::uint32_t at = 0; at + sizeof(ring::ModuleBlock) <= used;) {
    ring::ModuleBlock block;
    std::memcpy(&block, begin + at, sizeof block);
    if (block.bytes < sizeof block || block.bytes > used - at || block.bytes % 8 != 0 ||
        !within(block.path, block.bytes) || !within(block.build_id, block.bytes)) {
      ++damaged;
      return;
    }
    out.push_back({std::string(begin + at + block.path.offset, block.path.length),
                   std::string(begin + at + block.build_id.offset, block.build_id.length),
                   block.base, block.base + std::uint64_t{block.first_page} * 4096,
                   block.base + block.size});
    at += block.bytes;
  }
}

// Copied before it is believed: the process may still live.
std::optional<LoadedModule> read_fault_module(const ring::RingView& view) {
  ring::FaultModule m;
  std::memcpy(&m, &view.fault_module(), sizeof m);
  if (m.path_bytes == 0 || m.path_bytes > sizeof m.path || m.build_id_bytes > sizeof m.build_id)
    return std::nullopt;
  return LoadedModule{std::string(m.path, m.path_bytes),
                      std::string(reinterpret_cast<const char*>(m.build_id), m.build_id_bytes),
                      m.base, m.base, m.base + m.size};
}

}  // namespace

std::vector<LoadedModule> read_modules(const ring::RingView& view, std::uint64_t& damaged) {
  std::vector<LoadedModule> out;
  for (std::uint32_t c = 0; c < view.chunk_count(); ++c)
    if (ring::load(view.chunk(c).kind) == ring::kChunkModules) read_chunk(view, c, out, damaged);
  return out;
}

std::optional<LoadedModule> module_of(const std::vector<LoadedModule>& modules,
                                      std::uint64_t address) {
  const LoadedModule* best = nullptr;
  for (const LoadedModule& m : modules)
    if (m.holds(address) && (!best || m.begin >= best->begin)) best = &m;
  if (!best) return std::nullopt;
  return *best;
}

FatalSignal read_fatal_signal(const ring::RingView& view, const ClockMap& clock,
                              std::uint64_t& damaged) {
  const ring::FileHeader& h = view.header();
  FatalSignal fatal;
  fatal.signal = ring::load_acquire(h.fatal_signal);
  if (fatal.signal == 0) return fatal;
  fatal.code = std::int32_t(ring::load(h.fatal_code));
  fatal.address = ring::load(h.fatal_address);
  fatal.pc = ring::load(h.fatal_pc);
  fatal.tid = ring::load(h.fatal_tid);
  fatal.sender = ring::load(h.fatal_sender);
  if (const std::uint64_t ticks = ring::load(h.fatal_ticks)) fatal.unix_ns = clock.unix_ns(ticks);
  fatal.module = read_fault_module(view);
  if (!fatal.module || !fatal.module->holds(fatal.pc))
    fatal.module = module_of(read_modules(view, damaged), fatal.pc);
  return fatal;
}

}  // namespace autospan::drain
