#include "elf/elf_symbols.h"

#include <cxxabi.h>

#include <cstdlib>
#include <memory>

#include "elf/elf_file.h"

namespace autospan::elf {
namespace {

struct Best {
  std::string_view name;
  std::uint64_t value = 0;
  bool sized = false;  // the address lies within the symbol's own size
};

void look_through(std::string_view table, std::string_view strings, std::uint64_t address,
                  Best& best) {
  Elf64_Sym symbol;
  for (std::uint64_t at = 0; read_at(table, at, symbol); at += sizeof symbol) {
    const unsigned type = ELF64_ST_TYPE(symbol.st_info);
    if ((type != STT_FUNC && type != STT_GNU_IFUNC) || symbol.st_shndx == SHN_UNDEF ||
        symbol.st_value > address)
      continue;
    const bool sized = address - symbol.st_value < symbol.st_size;
    // One without a size (hand-written assembly) reaches as far as the next; any with one is
    // better.
    if (!sized && (symbol.st_size != 0 || best.sized)) continue;
    if (!best.name.empty() && sized == best.sized && symbol.st_value <= best.value) continue;
    const std::string_view name = text_at(strings, symbol.st_name);
    if (!name.empty()) best = {name, symbol.st_value, sized};
  }
}

}  // namespace

std::string build_id_of(std::string_view file) {
  Elf64_Ehdr header;
  std::string why;
  if (!read_elf_header(file, header, why)) return {};
  for (const Elf64_Shdr& section : read_sections(file, header)) {
    if (section.sh_type != SHT_NOTE) continue;
    std::string_view notes = section_bytes(file, section);
    for (ElfNote note; next_note(notes, note);)
      if (note.type == NT_GNU_BUILD_ID && note.name == "GNU") return std::string(note.description);
  }
  return {};
}

ElfFunction function_at(std::string_view file, std::uint64_t address) {
  Elf64_Ehdr header;
  std::string why;
  if (!read_elf_header(file, header, why)) return {};
  const std::vector<Elf64_Shdr> sections = read_sections(file, header);
  Best best;
  for (const unsigned kind : {SHT_SYMTAB, SHT_DYNSYM}) {
    for (const Elf64_Shdr& section : sections)
      if (section.sh_type == kind && section.sh_link < sections.size())
        look_through(section_bytes(file, section), section_bytes(file, sections[section.sh_link]),
                     address, best);
    if (best.sized) break;
  }
  if (best.name.empty()) return {};
  return {std::string(best.name), address - best.value};
}

ElfFunction function_in_table(std::string_view symbols, std::string_view strings, std::uint64_t address) {
  Best best;
  look_through(symbols, strings, address, best);
  if (best.name.empty()) return {};
  return {std::string(best.name), address - best.value};
}

std::string demangled(const std::string& name) {
  if (name.compare(0, 2, "_Z") != 0) return name;
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> text(
      abi::__cxa_demangle(name.c_str(), nullptr, nullptr, &status), &std::free);
  return status == 0 && text ? text.get() : name;
}

}  // namespace autospan::elf
