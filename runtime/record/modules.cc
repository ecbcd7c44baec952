// The module table: what is loaded where, with build ids, so that a reader can name an address of a
// process that is gone. Written at attach: libraries opened later are not in it.
#include <elf.h>
#include <link.h>
#include <string.h>

#include "record/process.h"

namespace autospan::record {
namespace {

using ring::kNone;

constexpr uint32_t kRoom = ring::kChunkBytes - sizeof(ring::ChunkHeader);
constexpr uint32_t kPathMax = 512, kBuildIdMax = 64;

struct Module {
  uint64_t base, size;
  const char* path;
  const uint8_t* build_id;
  uint32_t build_id_bytes;
};

// ELF notes are {name size, description size, type} and both padded to 4 bytes.
void find_build_id(const dl_phdr_info& info, const ElfW(Phdr)& notes, Module& m) {
  const auto* at = reinterpret_cast<const uint8_t*>(info.dlpi_addr + notes.p_vaddr);
  const uint8_t* end = at + notes.p_memsz;
  while (at + sizeof(ElfW(Nhdr)) <= end) {
    const auto* note = reinterpret_cast<const ElfW(Nhdr)*>(at);
    const uint8_t* name = at + sizeof *note;
    const uint8_t* description = name + ((note->n_namesz + 3) & ~3u);
    at = description + ((note->n_descsz + 3) & ~3u);
    if (at > end) return;
    if (note->n_type == NT_GNU_BUILD_ID && note->n_namesz == 4 && !memcmp(name, "GNU", 4) &&
        note->n_descsz <= kBuildIdMax) {
      m.build_id = description;
      m.build_id_bytes = note->n_descsz;
      return;
    }
  }
}

bool append(Process& p, const Module& m) {
  const uint32_t path = uint32_t(strnlen(m.path, kPathMax));
  const uint32_t bytes =
      (uint32_t(sizeof(ring::ModuleBlock)) + path + m.build_id_bytes + 7) & ~7u;
  if (p.module_chunk == kNone || chunk_at(p, p.module_chunk).used + bytes > kRoom) {
    const uint32_t fresh = claim_chunk(p, ring::kChunkModules, kNone, 0);
    if (fresh == kNone) return false;
    p.module_chunk = fresh;
  }
  ring::ChunkHeader& c = chunk_at(p, p.module_chunk);
  auto* at = reinterpret_cast<uint8_t*>(chunk_slots(p, p.module_chunk) + 1) + c.used;
  ring::ModuleBlock block{};
  block.bytes = bytes;
  block.base = m.base;
  block.size = m.size;
  block.path = {uint32_t(sizeof block), path};
  block.build_id = {uint32_t(sizeof block) + path, m.build_id_bytes};
  memcpy(at, &block, sizeof block);
  memcpy(at + block.path.offset, m.path, path);
  if (m.build_id_bytes) memcpy(at + block.build_id.offset, m.build_id, m.build_id_bytes);
  __atomic_store_n(&c.used, c.used + bytes, __ATOMIC_RELEASE);
  return true;
}

int see_module(dl_phdr_info* info, size_t, void* data) {
  Process& p = *static_cast<Process*>(data);
  Module m{};
  m.base = info->dlpi_addr;
  m.path = info->dlpi_name && *info->dlpi_name ? info->dlpi_name : "/proc/self/exe";
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const ElfW(Phdr)& segment = info->dlpi_phdr[i];
    if (segment.p_type == PT_NOTE && !m.build_id) find_build_id(*info, segment, m);
    if (segment.p_type == PT_LOAD && segment.p_vaddr + segment.p_memsz > m.size)
      m.size = segment.p_vaddr + segment.p_memsz;
  }
  return append(p, m) ? 0 : 1;
}

}  // namespace

void write_modules(Process& p) {
  p.module_chunk = kNone;
  dl_iterate_phdr(see_module, &p);
}

}  // namespace autospan::record
