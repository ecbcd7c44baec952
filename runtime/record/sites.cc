// The site table: every string of a site copied into the file when it first records, so that a
// reader needs no ELF file, and an unloaded library leaves nothing dangling.
#include <string.h>

#include "record/control.h"
#include "record/environment.h"
#include "record/identity.h"
#include "record/modules.h"
#include "record/process.h"
#include "record/stacktrace.h"
#include "ring/ring_file.h"

namespace autospan::record {
namespace {

using ring::kNone;

constexpr uint32_t kChunkRoom = ring::kChunkBytes - sizeof(ring::ChunkHeader);
constexpr uint32_t kTextMax = 1024;  // of one name, signature or path
constexpr uint32_t kEnumsMax = 128;  // enumerators kept of one type

// Bump allocation within one block of the chunk.
class Block {
 public:
  Block(uint8_t* begin, uint32_t room) : begin_(begin), room_(room) {}
  // Offset from the block's start, 8-byte aligned; 0 = no room.
  uint32_t take(uint32_t bytes) {
    const uint32_t at = (used_ + 7) & ~7u;
    if (at > room_ || bytes > room_ - at) {
      full_ = true;
      return 0;
    }
    memset(begin_ + used_, 0, at - used_);  // equal sites, equal blocks
    used_ = at + bytes;
    return at;
  }
  ring::Text text(const char* s) {
    uint32_t length = s ? uint32_t(strnlen(s, kTextMax)) : 0;
    const uint32_t at = length ? take(length) : 0;
    if (!at) return {0, 0};
    memcpy(begin_ + at, s, length);
    return {at, length};
  }
  template <class T>
  T* at(uint32_t offset) { return reinterpret_cast<T*>(begin_ + offset); }
  // Of the whole block, with the padding behind it.
  uint32_t close() {
    take(0);
    return used_;
  }
  bool full() const { return full_; }

 private:
  uint8_t* begin_;
  uint32_t room_;
  uint32_t used_ = 0;
  bool full_ = false;
};

void write_param(Block& block, uint32_t offset, const autospan_v1_param& from) {
  ring::ParamBlock param{};
  param.type = from.type;
  param.flags = from.flags;
  param.name = block.text(from.name);
  if (from.type == AUTOSPAN_OPAQUE) param.aux_text = block.text(static_cast<const char*>(from.aux));
  if (from.type == AUTOSPAN_ENUM && from.aux) {
    const auto* names = static_cast<const autospan_v1_enum_name*>(from.aux);
    const uint32_t count = from.aux_count < kEnumsMax ? from.aux_count : kEnumsMax;
    if (const uint32_t at = block.take(count * uint32_t(sizeof(ring::EnumBlock)))) {
      for (uint32_t i = 0; i < count; ++i)
        *(block.at<ring::EnumBlock>(at) + i) = {names[i].value, block.text(names[i].name)};
      param.enums = at;
      param.enum_count = uint16_t(count);
    }
  }
  *block.at<ring::ParamBlock>(offset) = param;
}

// False where the block did not hold all of it; what it holds is consistent.
bool write_site(Block& block, uint32_t id, const autospan_v1_site& from) {
  block.take(sizeof(ring::SiteBlock));
  ring::SiteBlock site{};
  site.id = id;
  site.kind = from.kind;
  site.flags = from.flags;
  site.span_kind = from.span_kind;
  site.on = switch_when_on(from);
  site.line = from.line;
  site.name = block.text(from.name);
  site.params = block.take(from.param_count * uint32_t(sizeof(ring::ParamBlock)));
  site.param_count = site.params ? from.param_count : 0;
  for (uint32_t i = 0; i < site.param_count; ++i)
    write_param(block, site.params + i * uint32_t(sizeof(ring::ParamBlock)), from.params[i]);
  site.function = block.text(from.function);
  site.file = block.text(from.file);
  site.service = block.text(from.service);
  site.bytes = block.close();
  *block.at<ring::SiteBlock>(0) = site;
  return !block.full();
}

uint32_t room_left(Process& p) {
  return p.site_chunk == kNone ? 0 : kChunkRoom - chunk_at(p, p.site_chunk).used;
}
Block open_block(Process& p) {
  const ring::ChunkHeader& c = chunk_at(p, p.site_chunk);
  return Block(reinterpret_cast<uint8_t*>(chunk_slots(p, p.site_chunk) + 1) + c.used,
               room_left(p));
}

// A library that is unloaded and loaded again comes with fresh statics: its sites get the ids that they
// had, or a host that does so for ever would fill the file. By the bytes of their blocks; a set that is
// full forgets its oldest, and a site gets a second id.
struct Known {
  uint32_t hash;
  uint32_t at;     // of the block, in 8 bytes from chunk 0; 0 = none
};
constexpr uint32_t kSets = kKnownSitesBytes / sizeof(Known) / 4;

ring::SiteBlock* block_at(const Process& p, uint32_t at) {
  return reinterpret_cast<ring::SiteBlock*>(p.base + ring::chunk_offset(0) + uint64_t{at} * 8);
}

// FNV-1a over words.
uint32_t hash_of(const ring::SiteBlock& block) {
  const auto* words = reinterpret_cast<const uint64_t*>(&block);
  uint64_t hash = 0xcbf29ce484222325;
  for (uint32_t i = 1; i < block.bytes / 8; ++i) hash = (hash ^ words[i]) * 0x100000001b3;
  return uint32_t(hash >> 32) ^ uint32_t(hash);
}

bool alike(const ring::SiteBlock& a, const ring::SiteBlock& b) {
  // The id is in the first word.
  return a.bytes == b.bytes && !memcmp(reinterpret_cast<const char*>(&a) + 8,
                                       reinterpret_cast<const char*>(&b) + 8, a.bytes - 8);
}

// The id that this site had; 0 = it is new, and remembered.
uint32_t known_id(Process& p, const ring::SiteBlock& block) {
  const uint32_t hash = hash_of(block);
  Known* set = reinterpret_cast<Known*>(p.known_sites) + hash % kSets * 4;
  for (int i = 0; i < 4; ++i)
    if (set[i].at && set[i].hash == hash && alike(*block_at(p, set[i].at), block))
      return block_at(p, set[i].at)->id;
  memmove(set + 1, set, 3 * sizeof *set);
  set[0] = {hash, uint32_t((reinterpret_cast<const uint8_t*>(&block) - p.base - ring::chunk_offset(0)) / 8)};
  return 0;
}

// Copies the site and returns its id, which may be an older one; 0 = no room.
uint32_t copy_site(Process& p, uint32_t id, const autospan_v1_site& site) {
  for (;;) {
    const bool fresh = p.site_chunk != kNone && chunk_at(p, p.site_chunk).used == 0;
    if (room_left(p) > sizeof(ring::SiteBlock)) {
      Block block = open_block(p);
      // A site larger than a chunk keeps what fits.
      if (write_site(block, id, site) || fresh) {
        if (const uint32_t known = known_id(p, *block.at<ring::SiteBlock>(0))) return known;
        ring::ChunkHeader& c = chunk_at(p, p.site_chunk);
        __atomic_store_n(&c.used, c.used + block.close(), __ATOMIC_RELEASE);
        return id;
      }
    }
    const uint32_t chunk = claim_chunk(p, ring::kChunkSites, kNone, 0);
    if (chunk == kNone) return 0;
    p.site_chunk = chunk;
  }
}

bool back_switch(Process& p, uint32_t id) {
  if (id % 4096) return true;  // its page has storage
  return ring::back_range(mapping_of(p), p.path, ring::kSwitchesOffset + id / 4096 * 4096, 4096);
}

}  // namespace

bool open_switches(Process& p) {
  if (!back_switch(p, 0)) return false;
  p.base[ring::kSwitchesOffset] = kSwitchSpecial;
  header(p).site_count = ring::kRefusedSite;
  return true;
}

bool register_site(Process& p, autospan_v1_site* site) {
  if (__atomic_load_n(&site->id, __ATOMIC_RELAXED)) return true;  // another thread was first
  ring::FileHeader& h = header(p);
  const uint32_t id = h.site_count + 1;
  uint32_t given = 0;
  if (id < ring::kSitesMax && back_switch(p, id)) given = copy_site(p, id, *site);
  if (!given) {
    put(h.sites_refused, h.sites_refused + 1);
    __atomic_store_n(&site->id, ring::kRefusedSite, __ATOMIC_RELEASE);
    return false;
  }
  note_module_of(p, site);
  if (site->flags & AUTOSPAN_SITE_STACK) put(g_stacks_wanted, true);
  if (given != id) {
    seek_calls_again(p, given, *site);
    __atomic_store_n(&site->id, given, __ATOMIC_RELEASE);
    return true;
  }
  set_service(p, site->service);
  write_first_switch(p, id, *site);
  __atomic_store_n(&site->id, id, __ATOMIC_RELEASE);
  return true;
}

// After fork: sites keep the ids that they have in the code's statics, so the parent's blocks and
// switches are taken over as they are. Its mapping is still there, and only read.
void inherit_sites(Process& p) {
  const uint8_t* from = g_inherited.base;
  if (!from) return;
  const auto& old = *reinterpret_cast<const ring::FileHeader*>(from);
  const uint32_t chunks = __atomic_load_n(&old.chunks_used, __ATOMIC_ACQUIRE);
  const uint32_t private_from = g_inherited.private_from, private_ready = g_inherited.private_ready;
  const uint32_t in_file = __atomic_load_n(&old.chunks_ready, __ATOMIC_ACQUIRE);
  for (uint32_t i = 0; i < chunks; ++i) {
    // The parent goes on: what it made private since is not ours to see.
    if (i >= in_file && (i < private_from || i >= private_ready)) break;
    const auto& c = *reinterpret_cast<const ring::ChunkHeader*>(from + ring::chunk_offset(i));
    if (c.kind != ring::kChunkSites) continue;
    const uint32_t fresh = claim_chunk(p, ring::kChunkSites, kNone, 0);
    if (fresh == kNone) return;
    const uint32_t used = __atomic_load_n(&c.used, __ATOMIC_ACQUIRE);
    memcpy(chunk_slots(p, fresh) + 1, from + ring::chunk_offset(i) + sizeof c, used);
    __atomic_store_n(&chunk_at(p, fresh).used, used, __ATOMIC_RELEASE);
    p.site_chunk = fresh;
  }
  const uint32_t count = __atomic_load_n(&old.site_count, __ATOMIC_ACQUIRE);
  for (uint32_t id = ring::kRefusedSite + 1; id <= count && id < ring::kSitesMax; ++id) {
    if (!back_switch(p, id)) return;
    const uint8_t byte = get(from[ring::kSwitchesOffset + id]);
    put(p.base[ring::kSwitchesOffset + id], byte == kSwitchSeek ? uint8_t{kSwitchOff} : byte);
  }
  header(p).site_count = count;
}

}  // namespace autospan::record
