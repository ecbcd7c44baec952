// The module table: what is loaded where, with build ids. Written at attach; a library opened later is
// added with its first site. The module of a fatal fault is looked up when it happens.
#include "record/modules.h"

#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <string.h>
#include <unistd.h>

namespace autospan::record {
namespace {

using ring::kNone;

constexpr uint32_t kRoom = ring::kChunkBytes - sizeof(ring::ChunkHeader);
constexpr uint64_t kPage = 4096;

struct Module {
  uint64_t base;           // load bias
  uint64_t begin, end;     // of its segments, above base
  const char* path;
  const uint8_t* build_id;
  uint32_t build_id_bytes;
};

// ELF notes are {name size, description size, type} and both padded to 4 bytes.
void find_build_id(const ElfW(Phdr)& notes, Module& m) {
  const auto* at = reinterpret_cast<const uint8_t*>(m.base + notes.p_vaddr);
  const uint8_t* end = at + notes.p_memsz;
  while (at + sizeof(ElfW(Nhdr)) <= end) {
    const auto* note = reinterpret_cast<const ElfW(Nhdr)*>(at);
    const uint8_t* name = at + sizeof *note;
    const uint8_t* description = name + ((note->n_namesz + 3) & ~3u);
    at = description + ((note->n_descsz + 3) & ~3u);
    if (at > end) return;
    if (note->n_type == NT_GNU_BUILD_ID && note->n_namesz == 4 && !memcmp(name, "GNU", 4) &&
        note->n_descsz <= ring::kBuildIdMax) {
      m.build_id = description;
      m.build_id_bytes = note->n_descsz;
      return;
    }
  }
}

void read_segments(const ElfW(Phdr)* segments, size_t count, Module& m) {
  m.begin = ~uint64_t{0};
  for (size_t i = 0; i < count; ++i) {
    const ElfW(Phdr)& s = segments[i];
    if (s.p_type == PT_NOTE && !m.build_id) find_build_id(s, m);
    if (s.p_type != PT_LOAD) continue;
    if (s.p_vaddr < m.begin) m.begin = s.p_vaddr;
    if (s.p_vaddr + s.p_memsz > m.end) m.end = s.p_vaddr + s.p_memsz;
  }
  if (m.begin > m.end) m.begin = 0;
}

// The program itself has no name in the loader's list.
const char* path_or_program(const char* path, char (&program)[ring::kModulePathMax]) {
  if (path && *path) return path;
  const ssize_t n = readlink("/proc/self/exe", program, sizeof program - 1);
  program[n > 0 ? n : 0] = 0;
  return program;
}

#if defined(__GLIBC__)
#if !__GLIBC_PREREQ(2, 35)
#define AUTOSPAN_OWN_FIND_OBJECT
#endif
#else
#define AUTOSPAN_OWN_FIND_OBJECT
#endif
#ifdef AUTOSPAN_OWN_FIND_OBJECT
struct dl_find_object {
  unsigned long long dlfo_flags;
  void *dlfo_map_start, *dlfo_map_end;
  link_map* dlfo_link_map;
  void *dlfo_eh_frame, *room[8];
};
#endif

// glibc's lock-free way from an address to its module (2.35); null elsewhere.
using FindObject = int (*)(void*, dl_find_object*);
FindObject find_object() {
  static const FindObject f = reinterpret_cast<FindObject>(dlsym(RTLD_DEFAULT, "_dl_find_object"));
  return f;
}

bool module_at(uint64_t address, Module& m) {
  dl_find_object found;
  if (!find_object() || find_object()(reinterpret_cast<void*>(address), &found) != 0) return false;
  const auto* map = found.dlfo_link_map;
  const auto* header = static_cast<const ElfW(Ehdr)*>(found.dlfo_map_start);
  m = {};
  m.base = map->l_addr;
  m.path = map->l_name;
  m.end = reinterpret_cast<uint64_t>(found.dlfo_map_end) - m.base;
  // The first segment begins with the ELF header and its program headers, as all linkers lay it out.
  if (memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 ||
      header->e_phentsize != sizeof(ElfW(Phdr)) ||
      header->e_phoff + header->e_phnum * sizeof(ElfW(Phdr)) > kPage)
    return true;
  read_segments(reinterpret_cast<const ElfW(Phdr)*>(
                    static_cast<const uint8_t*>(found.dlfo_map_start) + header->e_phoff),
                header->e_phnum, m);
  return true;
}

bool append(Process& p, const Module& m) {
  const uint32_t path = uint32_t(strnlen(m.path, ring::kModulePathMax));
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
  block.first_page = uint32_t(m.begin / kPage);
  block.base = m.base;
  block.size = m.end;
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
  char program[ring::kModulePathMax];
  Module m{};
  m.base = info->dlpi_addr;
  m.path = path_or_program(info->dlpi_name, program);
  read_segments(info->dlpi_phdr, info->dlpi_phnum, m);
  return append(p, m) ? 0 : 1;
}

bool in_table(const Process& p, uint64_t address) {
  const uint32_t chunks = header(p).chunks_used;
  for (uint32_t c = 0; c < chunks; ++c) {
    if (chunk_at(p, c).kind != ring::kChunkModules) continue;
    const auto* at = reinterpret_cast<const uint8_t*>(chunk_slots(p, c) + 1);
    ring::ModuleBlock block;
    for (uint32_t used = 0; used < chunk_at(p, c).used; used += block.bytes) {
      memcpy(&block, at + used, sizeof block);
      if (address - block.base < block.size && address >= block.base + block.first_page * kPage)
        return true;
    }
  }
  return false;
}

}  // namespace

void prepare_modules() { find_object(); }

void write_modules(Process& p) {
  p.module_chunk = kNone;
  p.last_module_begin = p.last_module_end = 0;
  dl_iterate_phdr(see_module, &p);
}

void note_module_of(Process& p, const void* address) {
  const uint64_t at = reinterpret_cast<uint64_t>(address);
  if (at >= p.last_module_begin && at < p.last_module_end) return;  // sites come in runs
  Module m;
  if (!module_at(at, m)) return;
  char program[ring::kModulePathMax];
  m.path = path_or_program(m.path, program);
  if (!in_table(p, at)) append(p, m);
  p.last_module_begin = m.base + m.begin;
  p.last_module_end = m.base + m.end;
}

bool find_module(uint64_t address, ring::FaultModule& out) {
  Module m;
  if (!module_at(address, m)) return false;
  char program[ring::kModulePathMax];
  m.path = path_or_program(m.path, program);
  out.base = m.base;
  out.size = m.end;
  out.path_bytes = uint32_t(strnlen(m.path, sizeof out.path));
  memcpy(out.path, m.path, out.path_bytes);
  out.build_id_bytes = m.build_id_bytes;
  if (m.build_id_bytes) memcpy(out.build_id, m.build_id, m.build_id_bytes);
  return true;
}

}  // namespace autospan::record
