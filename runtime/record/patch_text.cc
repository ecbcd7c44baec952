// See patch_text.h.
//
// How text is written under running threads. A call within 8 aligned bytes is replaced by one store of
// these. Of any other call the opcode is one byte: e8 (call) and b8 (mov imm32,%eax) are instructions of
// equal length, so its store never shows half an instruction. While it reads b8 its operand may be
// anything: the guard is then a number that no span has, which exit ignores. Hence away: opcode, then
// operand; back: operand, then opcode; and between the two every core is made to look again, so that
// none pairs a new opcode with an old operand.
//
// Protection: pages become writable and stay executable (dropping PROT_EXEC could not be undone under
// PR_SET_MDWE), and are made r-x again, which is what they were, or they are left alone.
#include "record/patch_text.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace autospan::record {
namespace {

constexpr uint8_t kCallOpcode = 0xe8, kMovOpcode = 0xb8;
constexpr uintptr_t kPage = 4096;
constexpr size_t kLookBack = 64;  // where the site's address is loaded before its call
constexpr int kSyncCore = 1 << 5, kRegisterSyncCore = 1 << 6;

template <class T>
T read_as(const uint8_t* at) {
  T value;
  memcpy(&value, at, sizeof value);
  return value;
}

const uint8_t* relative(const uint8_t* end_of_instruction) {
  return end_of_instruction + read_as<int32_t>(end_of_instruction - 4);
}

bool is_entry(const void* target) {
  const void* const kEntries[] = {
      reinterpret_cast<void*>(autospan_v1_enter_0),  reinterpret_cast<void*>(autospan_v1_enter_w),
      reinterpret_cast<void*>(autospan_v1_enter_ww), reinterpret_cast<void*>(autospan_v1_enter_s),
      reinterpret_cast<void*>(autospan_v1_enter_ws), reinterpret_cast<void*>(autospan_v1_enter_n),
      reinterpret_cast<void*>(autospan_v1_armed)};
  for (const void* entry : kEntries)
    if (entry == target) return true;
  return false;
}

// [endbr64] [bnd] jmp *slot(%rip): a PLT's, whose slot has been bound by the call that named itself.
bool leads_to_entry(const dl_phdr_info& module, const uint8_t* target) {
  if (is_entry(target)) return true;
  if (!segment_of(module, target, 16, PF_X)) return false;
  if (read_as<uint32_t>(target) == 0xfa1e0ff3) target += 4;
  if (*target == 0xf2) ++target;
  if (target[0] != 0xff || target[1] != 0x25) return false;
  const uint8_t* slot = relative(target + 6);
  return segment_of(module, slot, 8, PF_R) && is_entry(read_as<const void*>(slot));
}

// Length of lea site(%rip),%rdi · mov site@GOTPCREL(%rip),%rdi · mov $site,%edi · mov $site,%rdi ·
// movabs; 0 = none of them.
uint32_t loads_site(const dl_phdr_info& module, const uint8_t* at, const uint8_t* end,
                const autospan_v1_site* site) {
  const auto address = reinterpret_cast<uintptr_t>(site);
  if (end - at >= 7 && at[0] == 0x48 && at[2] == 0x3d) {
    const uint8_t* target = relative(at + 7);
    if (at[1] == 0x8d) return reinterpret_cast<uintptr_t>(target) == address ? 7 : 0;
    return at[1] == 0x8b && segment_of(module, target, 8, PF_R) && read_as<uintptr_t>(target) == address ? 7 : 0;
  }
  if (end - at >= 5 && at[0] == 0xbf && read_as<uint32_t>(at + 1) == address) return 5;
  if (end - at >= 7 && at[0] == 0x48 && at[1] == 0xc7 && at[2] == 0xc7 &&
      uintptr_t(int64_t{read_as<int32_t>(at + 3)}) == address)
    return 7;
  return end - at >= 10 && at[0] == 0x48 && at[1] == 0xbf && read_as<uintptr_t>(at + 2) == address ? 10 : 0;
}

// Bytes of ModRM, SIB and displacement; sets what `reg` and, where it is a register, `rm` name.
struct Operands {
  uint32_t bytes;
  bool names_rdi;
};
Operands operands_at(const uint8_t* at, uint8_t rex) {
  const uint8_t mod = at[0] >> 6, reg = at[0] >> 3 & 7, rm = at[0] & 7;
  uint32_t bytes = 1;
  if (mod != 3 && rm == 4) {
    if (mod == 0 && (at[1] & 7) == 5) bytes += 4;
    ++bytes;
  } else if (mod == 0 && rm == 5) {
    bytes += 4;
  }
  if (mod == 1) bytes += 1;
  if (mod == 2) bytes += 4;
  return {bytes, (reg == 7 && !(rex & 4)) || (mod == 3 && rm == 7 && !(rex & 1))};
}

// Length of an instruction that computes arguments and leaves %rdi alone; 0 = any other one. Jumps,
// calls, conditional moves and what is rare are others.
uint32_t plain_instruction(const uint8_t* at) {
  const uint8_t* begin = at;
  const bool wide = *at == 0x66;
  while (*at == 0x66 || *at == 0xf2 || *at == 0xf3) ++at;
  uint8_t rex = 0;
  if ((*at & 0xf0) == 0x40) rex = *at++;
  const uint8_t opcode = *at++;
  uint32_t immediate = 0;
  bool names_rdi = false, modrm = true;
  if (opcode == 0x0f) {
    const uint8_t second = *at++;
    const bool known = second == 0x1f || (second & 0xfe) == 0xb6 || (second & 0xfe) == 0xbe ||
                       (second >= 0x10 && second <= 0x17) || (second >= 0x28 && second <= 0x2d) ||
                       (second >= 0x50 && second <= 0x7f && second != 0x77) || second == 0xd6 || second == 0xef;
    if (!known) return 0;
    if (second >= 0x70 && second <= 0x73) immediate = 1;
  } else if (opcode < 0x40 && (opcode & 7) < 4) {
    // add, or, adc, sbb, and, sub, xor, cmp
  } else if (opcode == 0x63 || opcode == 0x84 || opcode == 0x85 || (opcode >= 0x88 && opcode <= 0x8b) ||
             opcode == 0x8d) {
    // movslq, test, mov, lea
  } else if (opcode == 0x80 || opcode == 0x83 || opcode == 0xc0 || opcode == 0xc1 || opcode == 0xc6 || opcode == 0x6b) {
    immediate = 1;
  } else if (opcode == 0x81 || opcode == 0xc7 || opcode == 0x69) {
    immediate = wide ? 2 : 4;
  } else if (opcode >= 0xb8 && opcode <= 0xbf) {
    modrm = false;
    names_rdi = opcode == 0xbf && !(rex & 1);
    immediate = rex & 8 ? 8 : wide ? 2 : 4;
  } else if (opcode == 0x90 || (opcode >= 0x50 && opcode <= 0x5e)) {
    modrm = false;
  } else {
    return 0;
  }
  if (modrm) {
    const Operands operands = operands_at(at, rex);
    at += operands.bytes;
    names_rdi = operands.names_rdi;
  }
  return names_rdi ? 0 : uint32_t(at - begin) + immediate;
}

// Straight from `at`, where the site is loaded, to its call: nothing comes between that could be
// another function's, or bring another site.
bool runs_into(const uint8_t* at, const uint8_t* call) {
  while (at < call) {
    const uint32_t bytes = plain_instruction(at);
    if (bytes == 0) return false;
    at += bytes;
  }
  return at == call;
}

// /proc/self/maps, line by line, without allocation.
class Maps {
 public:
  Maps() : fd_(open("/proc/self/maps", O_RDONLY | O_CLOEXEC)) {}
  ~Maps() {
    if (fd_ >= 0) close(fd_);
  }
  Maps(const Maps&) = delete;
  Maps& operator=(const Maps&) = delete;
  bool next() {
    char line[80];  // what matters comes first
    size_t n = 0;
    for (int c; (c = byte()) != '\n';) {
      if (c < 0) return false;
      if (n + 1 < sizeof line) line[n++] = char(c);
    }
    line[n] = 0;
    char* end;
    begin_ = strtoull(line, &end, 16);
    end_ = *end == '-' ? strtoull(end + 1, &end, 16) : 0;
    text_ = end_ && strncmp(end, " r-xp", 5) == 0;
    return true;
  }
  uintptr_t begin() const { return begin_; }
  uintptr_t end() const { return end_; }
  bool text() const { return text_; }  // private, readable, executable and nothing else

 private:
  int byte() {
    if (at_ == filled_) {
      const ssize_t got = fd_ < 0 ? 0 : read(fd_, buffer_, sizeof buffer_);
      if (got <= 0) return -1;
      filled_ = size_t(got);
      at_ = 0;
    }
    return static_cast<unsigned char>(buffer_[at_++]);
  }
  int fd_;
  size_t at_ = 0, filled_ = 0;
  uintptr_t begin_ = 0, end_ = 0;
  bool text_ = false;
  char buffer_[2048];
};

bool is_ordinary_text(uintptr_t begin, uintptr_t end) {
  Maps maps;
  while (begin < end && maps.next()) {
    if (maps.end() <= begin) continue;
    if (maps.begin() > begin || !maps.text()) return false;
    begin = maps.end();
  }
  return begin >= end;
}

void sync_cores() { syscall(SYS_membarrier, kSyncCore, 0, 0); }

// In one store, unless somebody else (a debugger) changed them just now.
void store_word(const TextEdit& edit) {
  auto* word = reinterpret_cast<uint64_t*>(reinterpret_cast<uintptr_t>(edit.at) & ~uintptr_t{7});
  uint64_t expected = __atomic_load_n(word, __ATOMIC_RELAXED), wanted = expected;
  uint8_t bytes[kCallBytes] = {kMovOpcode, 0, 0, 0, 0};
  if (!edit.away) memcpy(bytes, edit.original, kCallBytes);
  memcpy(reinterpret_cast<uint8_t*>(&wanted) + (edit.at - reinterpret_cast<uint8_t*>(word)), bytes, kCallBytes);
  __atomic_compare_exchange_n(word, &expected, wanted, false, __ATOMIC_RELEASE, __ATOMIC_RELAXED);
}
void store_opcode(const TextEdit& edit) {
  __atomic_store_n(edit.at, edit.away ? kMovOpcode : kCallOpcode, __ATOMIC_RELEASE);
}
void store_operand(const TextEdit& edit) {
  for (uint32_t i = 1; i < kCallBytes; ++i)
    __atomic_store_n(edit.at + i, edit.away ? uint8_t{0} : edit.original[i], __ATOMIC_RELEASE);
}

void store_all(const TextEdit* edits, uint32_t count, bool syncs_cores) {
  for (uint32_t i = 0; i < count; ++i) {
    if (in_one_word(edits[i].at))
      store_word(edits[i]);
    else
      edits[i].away ? store_opcode(edits[i]) : store_operand(edits[i]);
  }
  if (!syncs_cores) return;  // nothing straddles words
  sync_cores();
  for (uint32_t i = 0; i < count; ++i)
    if (!in_one_word(edits[i].at)) edits[i].away ? store_operand(edits[i]) : store_opcode(edits[i]);
  sync_cores();
}

// The system has stopped to let text be made writable since calls were patched away. Bringing them
// back is not what it means to forbid, and the kernel does it for us.
void bring_back(const TextEdit* edits, uint32_t count, bool syncs_cores) {
  const int fd = syncs_cores ? open("/proc/self/mem", O_WRONLY | O_CLOEXEC) : -1;
  if (fd < 0) return;
  bool written = true;
  for (uint32_t i = 0; i < count && written; ++i)
    if (!edits[i].away)
      written = pwrite(fd, edits[i].original + 1, 4, off_t(reinterpret_cast<uintptr_t>(edits[i].at) + 1)) == 4;
  sync_cores();
  for (uint32_t i = 0; i < count && written; ++i)
    if (!edits[i].away)
      written = pwrite(fd, edits[i].original, 1, off_t(reinterpret_cast<uintptr_t>(edits[i].at))) == 1;
  sync_cores();
  close(fd);
}

}  // namespace

const ElfW(Phdr)* segment_of(const dl_phdr_info& module, const void* at, size_t bytes, uint32_t flags) {
  const auto address = reinterpret_cast<uintptr_t>(at);
  for (int i = 0; i < module.dlpi_phnum; ++i) {
    const ElfW(Phdr)& s = module.dlpi_phdr[i];
    if (s.p_type != PT_LOAD || (s.p_flags & flags) != flags) continue;
    const uintptr_t begin = module.dlpi_addr + s.p_vaddr;
    if (address >= begin && bytes <= s.p_memsz && address - begin <= s.p_memsz - bytes) return &s;
  }
  return nullptr;
}

bool is_call_of(const dl_phdr_info& module, const uint8_t* back, const autospan_v1_site* site) {
  const uint8_t* call = back - kCallBytes;
  const ElfW(Phdr)* text = segment_of(module, call, kCallBytes, PF_X | PF_R);
  if (!text || *call != kCallOpcode || !leads_to_entry(module, relative(back))) return false;
  const auto* begin = reinterpret_cast<const uint8_t*>(module.dlpi_addr + text->p_vaddr);
  const uint8_t* at = size_t(call - begin) > kLookBack ? call - kLookBack : begin;
  for (; at < call; ++at) {
    const uint32_t bytes = loads_site(module, at, call, site);
    if (bytes != 0 && runs_into(at + bytes, call)) return true;
  }
  return false;
}

CallText read_call(const uint8_t* at, const uint8_t original[kCallBytes]) {
  static const uint8_t kAway[kCallBytes] = {kMovOpcode, 0, 0, 0, 0};
  if (memcmp(at, original, kCallBytes) == 0) return CallText::kCall;
  return memcmp(at, kAway, kCallBytes) == 0 ? CallText::kAway : CallText::kForeign;
}

bool may_write_text() {
  void* page = mmap(nullptr, kPage, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) return false;
  const bool may = mprotect(page, kPage, PROT_READ | PROT_WRITE | PROT_EXEC) == 0 &&
                   mprotect(page, kPage, PROT_READ | PROT_EXEC) == 0;
  munmap(page, kPage);
  return may;
}

EditResult edit_text(const TextEdit* edits, uint32_t count, bool syncs_cores) {
  uintptr_t begin = ~uintptr_t{0}, end = 0;
  for (uint32_t i = 0; i < count; ++i) {
    const auto at = reinterpret_cast<uintptr_t>(edits[i].at);
    if (at < begin) begin = at;
    if (at + kCallBytes > end) end = at + kCallBytes;
  }
  begin &= ~(kPage - 1);
  end = (end + kPage - 1) & ~(kPage - 1);
  if (!is_ordinary_text(begin, end)) return EditResult::kLeft;
  void* const pages = reinterpret_cast<void*>(begin);
  const bool writable = mprotect(pages, end - begin, PROT_READ | PROT_WRITE | PROT_EXEC) == 0;
  if (writable)
    store_all(edits, count, syncs_cores);
  else
    bring_back(edits, count, syncs_cores);
  // Where it was refused halfway too: a range of several mappings is changed mapping by mapping.
  const bool restored = mprotect(pages, end - begin, PROT_READ | PROT_EXEC) == 0;
  return writable && restored ? EditResult::kDone : EditResult::kRefused;
}

bool register_core_sync() { return syscall(SYS_membarrier, kRegisterSyncCore, 0, 0) == 0; }

bool under_valgrind() {
#if defined(__x86_64__)
  // Its client request RUNNING_ON_VALGRIND; nothing at all elsewhere.
  volatile uint64_t request[6] = {0x1001, 0, 0, 0, 0, 0};
  uint64_t answer = 0;
  __asm__ volatile("rolq $3, %%rdi; rolq $13, %%rdi; rolq $61, %%rdi; rolq $51, %%rdi; xchgq %%rbx, %%rbx"
                   : "+d"(answer)
                   : "a"(request)
                   : "cc", "memory", "rdi");
  return answer != 0;
#else
  return false;
#endif
}

uint64_t seccomp_state() {
  const int fd = open("/proc/thread-self/status", O_RDONLY | O_CLOEXEC);
  if (fd < 0) return ~uint64_t{0};
  char text[4096];
  const ssize_t got = read(fd, text, sizeof text - 1);
  close(fd);
  if (got <= 0) return ~uint64_t{0};
  text[got] = 0;
  const char* mode = strstr(text, "\nSeccomp:");
  const char* filters = strstr(text, "\nSeccomp_filters:");
  return (mode ? strtoull(mode + 9, nullptr, 10) : 0) | (filters ? strtoull(filters + 17, nullptr, 10) << 8 : 0);
}

}  // namespace autospan::record
