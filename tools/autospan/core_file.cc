#include "core_file.h"

#include <signal.h>
#include <sys/procfs.h>
#include <sys/user.h>

#include <algorithm>

#include "elf/elf_file.h"

namespace autospan::cli {

using namespace elf;
namespace {

constexpr std::uint64_t kPage = 4096;  // the least of any machine
constexpr std::size_t kMappingsMax = 1u << 20;
constexpr std::uint64_t kLooksPerPage = 2;  // segments of a whole core do not overlap

// Without TRAP, which a debugger leaves behind: gcore writes cores of processes that live on.
bool ends_with_core(std::uint32_t signal) {
  constexpr std::uint32_t kSignals[] = {SIGQUIT, SIGILL,  SIGABRT, SIGBUS, SIGFPE,
                                        SIGSEGV, SIGXCPU, SIGXFSZ, SIGSYS};
  return std::find(std::begin(kSignals), std::end(kSignals), signal) != std::end(kSignals);
}

std::uint64_t pc_of(const prstatus_t& status) {
  user_regs_struct registers;
  static_assert(sizeof registers <= sizeof status.pr_reg);
  std::memcpy(&registers, &status.pr_reg, sizeof registers);
#if defined(__x86_64__)
  return registers.rip;
#elif defined(__aarch64__)
  return registers.pc;
#else
  return 0;
#endif
}

// The thread that took the signal comes first.
void read_status(std::string_view note, CoreFile& core) {
  prstatus_t status;
  if (core.tid != 0) return;
  if (!read_at(note, 0, status)) {
    ++core.damaged;
    return;
  }
  core.tid = static_cast<std::uint32_t>(status.pr_pid);
  core.pc = pc_of(status);
  if (const auto signal = static_cast<std::uint16_t>(status.pr_cursig); ends_with_core(signal))
    core.signal = signal;
}

void read_siginfo(std::string_view note, CoreFile& core) {
  siginfo_t info;
  if (core.address != 0 || core.sender != 0 || core.code != 0) return;
  if (!read_at(note, 0, info)) {
    ++core.damaged;
    return;
  }
  core.code = info.si_code;
  if (info.si_code <= 0)
    core.sender = static_cast<std::uint32_t>(info.si_pid);
  else
    core.address = reinterpret_cast<std::uint64_t>(info.si_addr);
}

void read_process(std::string_view note, CoreFile& core) {
  prpsinfo_t info;
  if (read_at(note, 0, info))
    core.pid = static_cast<std::uint32_t>(info.pr_pid);
  else
    ++core.damaged;
}

// {count, page size}, count × {begin, end, offset in pages}, then count paths.
void read_mappings(std::string_view note, CoreFile& core) {
  std::uint64_t count = 0;
  if (!read_at(note, 0, count) || count > kMappingsMax || 16 + count * 24 > note.size()) {
    ++core.damaged;
    return;
  }
  std::size_t text = 16 + count * 24;
  for (std::uint64_t i = 0; i < count; ++i) {
    CoreMapping mapping;
    read_at(note, 16 + i * 24, mapping.begin);
    read_at(note, 24 + i * 24, mapping.end);
    if (text >= note.size()) {
      ++core.damaged;
      return;
    }
    mapping.path = text_at(note, text);
    text += mapping.path.size() + 1;
    core.mappings.push_back(std::move(mapping));
  }
}

void read_notes(std::string_view notes, CoreFile& core) {
  ElfNote note;
  while (next_note(notes, note)) {
    if (note.name != "CORE") continue;
    switch (note.type) {
      case NT_PRSTATUS:
        read_status(note.description, core);
        break;
      case NT_SIGINFO:
        read_siginfo(note.description, core);
        break;
      case NT_PRPSINFO:
        read_process(note.description, core);
        break;
      case NT_FILE:
        read_mappings(note.description, core);
        break;
      default:
        break;
    }
  }
  if (!notes.empty()) ++core.damaged;
}

}  // namespace

bool is_core(std::string_view file) {
  Elf64_Ehdr header;
  std::string why;
  return read_elf_header(file, header, why) && header.e_type == ET_CORE;
}

bool read_core(std::string_view file, CoreFile& core, std::string& why) {
  Elf64_Ehdr header;
  if (!read_elf_header(file, header, why)) return false;
  if (header.e_type != ET_CORE) return why = "an ELF file, but not a core file", false;
  const std::vector<Elf64_Phdr> segments = read_segments(file, header);
  if (segments.empty()) return why = "a core file cut short before its first segment", false;
  core.bytes = file;
  for (const Elf64_Phdr& s : segments) {
    if (s.p_type != PT_LOAD && s.p_type != PT_NOTE) continue;
    const std::uint64_t held = s.p_offset < file.size()
                                   ? std::min<std::uint64_t>(s.p_filesz, file.size() - s.p_offset)
                                   : 0;
    core.missing += s.p_filesz - held;
    if (s.p_type == PT_NOTE)
      read_notes(file.substr(std::min<std::uint64_t>(s.p_offset, file.size()), held), core);
    else if (held != 0)
      core.segments.push_back({s.p_vaddr, s.p_offset, held});
  }
  if (header.e_phnum != PN_XNUM && segments.size() < header.e_phnum) ++core.damaged;
  return true;
}

std::uint64_t copy_memory(const CoreFile& core, std::uint64_t address, std::uint64_t bytes,
                          std::uint8_t* out) {
  std::uint64_t copied = 0;
  for (const CoreSegment& s : core.segments) {
    if (copied >= bytes) break;  // segments that overlap would make it a long story
    // Of [address, +bytes) the part that [s.address, +s.bytes) holds, without sums that overflow.
    const std::uint64_t skip = s.address > address ? s.address - address : 0;
    const std::uint64_t from = address > s.address ? address - s.address : 0;
    if (skip >= bytes || from >= s.bytes) continue;
    const std::uint64_t n = std::min(bytes - skip, s.bytes - from);
    std::memcpy(out + skip, core.bytes.data() + s.offset + from, n);
    copied += n;
  }
  return std::min(copied, bytes);
}

bool find_page(const CoreFile& core, std::string_view begins_with, bool first_pages,
               PageSearch& search, std::uint64_t& address) {
  for (; search.segment < core.segments.size(); ++search.segment, search.at = 0) {
    const CoreSegment& s = core.segments[search.segment];
    while (search.at + begins_with.size() <= s.bytes) {
      if (++search.looks > kLooksPerPage * (core.bytes.size() / kPage + core.segments.size()))
        return false;
      const std::uint64_t at = search.at;
      search.at += first_pages ? s.bytes : kPage;
      if (core.bytes.substr(s.offset + at, begins_with.size()) != begins_with) continue;
      address = s.address + at;
      return true;
    }
  }
  return false;
}

}  // namespace autospan::cli
