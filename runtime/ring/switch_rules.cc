#include "ring/switch_rules.h"

#include <string.h>
#include <time.h>

#include "autospan/abi.h"
#include "autospan/detail/glob.h"

namespace autospan::ring {

int64_t realtime_ns() {
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

bool switched_on(const ControlPage& page, const char* name, size_t length, int64_t now_ns) {
  if (!__atomic_load_n(&page.global, __ATOMIC_RELAXED)) return false;
  bool on = __atomic_load_n(&page.default_on, __ATOMIC_RELAXED) != 0;
  uint32_t youngest = 0;
  for (const SwitchGlob& rule : page.globs) {
    const uint32_t says = __atomic_load_n(&rule.on, __ATOMIC_ACQUIRE);
    if (!rule_holds(rule, says, now_ns)) continue;
    const uint32_t order = __atomic_load_n(&rule.order, __ATOMIC_RELAXED);
    if (order < youngest) continue;
    if (!detail::glob_takes(rule.glob, long(strnlen(rule.glob, kGlobBytesMax)), name, long(length)))
      continue;
    youngest = order;
    on = says == 1;
  }
  return on;
}

int64_t earliest_deadline(const ControlPage& page, int64_t now_ns) {
  int64_t earliest = 0;
  for (const SwitchGlob& rule : page.globs) {
    if (!rule_holds(rule, __atomic_load_n(&rule.on, __ATOMIC_ACQUIRE), now_ns)) continue;
    const int64_t deadline = __atomic_load_n(&rule.deadline_realtime_ns, __ATOMIC_RELAXED);
    if (deadline != 0 && (earliest == 0 || deadline < earliest)) earliest = deadline;
  }
  return earliest;
}

namespace {

struct Pass {
  uint8_t* base;
  const ControlPage& page;
  int64_t now_ns;
  Switch off;
  const SwitchVisitor& visitor;
};

void apply_to_site(const Pass& pass, const SiteBlock& site, const char* name, size_t length) {
  uint8_t* byte = pass.base + kSwitchesOffset + site.id;
  const bool wanted = switched_on(pass.page, name, length, pass.now_ns);
  uint8_t is = __atomic_load_n(byte, __ATOMIC_RELAXED);
  const bool changed = switch_is_off(is) == wanted;
  if (changed) {
    const uint8_t on = site.on == kSwitchSpecial ? kSwitchSpecial : kSwitchOn;
    __atomic_store_n(byte, wanted ? on : uint8_t{pass.off}, __ATOMIC_RELAXED);
  }
  if (pass.visitor.visit) pass.visitor.visit(pass.visitor.context, name, length, wanted, changed);
}

void apply_to_chunk(const Pass& pass, const uint8_t* chunk, uint32_t sites) {
  constexpr uint32_t kRoom = kChunkBytes - sizeof(ChunkHeader);
  const auto& header = *reinterpret_cast<const ChunkHeader*>(chunk);
  if (__atomic_load_n(&header.kind, __ATOMIC_RELAXED) != kChunkSites) return;
  const uint32_t said = __atomic_load_n(&header.used, __ATOMIC_ACQUIRE);
  const uint32_t used = said < kRoom ? said : kRoom;
  const uint8_t* blocks = chunk + sizeof header;
  SiteBlock site;
  for (uint32_t at = 0; at + sizeof site <= used; at += site.bytes) {
    memcpy(&site, blocks + at, sizeof site);
    if (site.bytes < sizeof site || site.bytes > used - at || site.bytes % 8 != 0) return;
    const bool sound = site.name.offset <= site.bytes && site.name.length <= site.bytes - site.name.offset;
    if (!sound || site.kind != AUTOSPAN_SITE_SPAN || site.id <= kRefusedSite || site.id >= sites) continue;
    apply_to_site(pass, site, reinterpret_cast<const char*>(blocks + at) + site.name.offset,
                  site.name.length);
  }
}

}  // namespace

void apply_rules(uint8_t* base, uint64_t bytes, Switch off, const SwitchVisitor& visitor) {
  const auto& page = *reinterpret_cast<const ControlPage*>(base + kControlOffset);
  const auto& header = *reinterpret_cast<const FileHeader*>(base);
  const uint64_t held = (bytes - kChunksOffset) / kChunkBytes;
  for (int tries = 0; tries < 8; ++tries) {
    const uint32_t sequence = __atomic_load_n(&page.sequence, __ATOMIC_ACQUIRE);
    const Pass pass{base, page, realtime_ns(), off, visitor};
    // The bytes of ids beyond have no storage. A site that is being registered looks again itself.
    const uint32_t said = __atomic_load_n(&header.site_count, __ATOMIC_ACQUIRE);
    const uint32_t sites = said < kSitesMax ? said + 1 : kSitesMax;
    const uint32_t chunks = __atomic_load_n(&header.chunks_used, __ATOMIC_ACQUIRE);
    for (uint32_t i = 0; i < chunks && i < held; ++i)
      apply_to_chunk(pass, base + chunk_offset(i), sites);
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    if (__atomic_load_n(&page.sequence, __ATOMIC_ACQUIRE) == sequence) return;
  }
}

}  // namespace autospan::ring
