#include "hooks/symbols.h"

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define AUTOSPAN_NO_HOOK __attribute__((no_instrument_function))

namespace autospan::hooks {
namespace {

struct Module {
  uintptr_t address;
  uintptr_t base;
  char path[512];
  bool found;
};

AUTOSPAN_NO_HOOK int see_module(dl_phdr_info* info, size_t, void* data) {
  Module& m = *static_cast<Module*>(data);
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const ElfW(Phdr)& segment = info->dlpi_phdr[i];
    const uintptr_t begin = info->dlpi_addr + segment.p_vaddr;
    if (segment.p_type != PT_LOAD || m.address < begin || m.address - begin >= segment.p_memsz)
      continue;
    const bool program = !info->dlpi_name || !*info->dlpi_name;
    snprintf(m.path, sizeof m.path, "%s", program ? "/proc/self/exe" : info->dlpi_name);
    m.base = info->dlpi_addr;
    m.found = true;
    return 1;
  }
  return 0;
}

// A file's bytes, with every access checked against them.
struct Image {
  const uint8_t* bytes;
  size_t size;

  template <class T>
  AUTOSPAN_NO_HOOK const T* at(uint64_t offset, uint64_t count = 1) const {
    if (offset > size || count > (size - offset) / sizeof(T)) return nullptr;
    return reinterpret_cast<const T*>(bytes + offset);
  }
};

AUTOSPAN_NO_HOOK bool find_in_table(const Image& image, const ElfW(Shdr)& table,
                                    const ElfW(Shdr)& strings, uintptr_t value, char* out,
                                    size_t bytes) {
  const uint64_t count = table.sh_size / sizeof(ElfW(Sym));
  const auto* symbols = image.at<ElfW(Sym)>(table.sh_offset, count);
  const char* text = image.at<char>(strings.sh_offset, strings.sh_size);
  if (!symbols || !text) return false;
  for (uint64_t i = 0; i < count; ++i) {
    const ElfW(Sym)& s = symbols[i];
    if (ELF64_ST_TYPE(s.st_info) != STT_FUNC || s.st_shndx == SHN_UNDEF || s.st_value != value ||
        s.st_name >= strings.sh_size)
      continue;
    const size_t length = strnlen(text + s.st_name, strings.sh_size - s.st_name);
    snprintf(out, bytes, "%.*s", int(length < bytes ? length : bytes - 1), text + s.st_name);
    return true;
  }
  return false;
}

AUTOSPAN_NO_HOOK bool find_symbol(const Image& image, uintptr_t value, char* out, size_t bytes) {
  const auto* header = image.at<ElfW(Ehdr)>(0);
  if (!header || memcmp(header->e_ident, ELFMAG, SELFMAG) != 0) return false;
  const auto* sections = image.at<ElfW(Shdr)>(header->e_shoff, header->e_shnum);
  if (!sections) return false;
  const uint32_t tables[] = {SHT_SYMTAB, SHT_DYNSYM};
  for (const uint32_t wanted : tables)
    for (int i = 0; i < header->e_shnum; ++i)
      if (sections[i].sh_type == wanted && sections[i].sh_link < header->e_shnum &&
          find_in_table(image, sections[i], sections[sections[i].sh_link], value, out, bytes))
        return true;
  return false;
}

}  // namespace

AUTOSPAN_NO_HOOK bool symbol_name(const void* address, char* out, size_t bytes) {
  Module m{};
  m.address = reinterpret_cast<uintptr_t>(address);
  dl_iterate_phdr(see_module, &m);
  if (!m.found) return false;
  const int fd = open(m.path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  struct stat st;
  bool found = false;
  if (fstat(fd, &st) == 0 && st.st_size > 0) {
    const size_t size = size_t(st.st_size);
    void* map = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (map != MAP_FAILED) {
      found = find_symbol({static_cast<const uint8_t*>(map), size}, m.address - m.base, out, bytes);
      munmap(map, size);
    }
  }
  close(fd);
  return found;
}

}  // namespace autospan::hooks
