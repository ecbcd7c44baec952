// Reading and writing machine code of the running program. x86-64 only.
#pragma once

#include <link.h>
#include <stdint.h>

#include "autospan/abi.h"

namespace autospan::record {

inline constexpr uint32_t kCallBytes = 5;  // e8 rel32; b8 imm32

// The loaded segment of a module that holds [at, at + bytes) with all of `flags`, or null.
const ElfW(Phdr)* segment_of(const dl_phdr_info& module, const void* at, size_t bytes, uint32_t flags);

// True where the instruction before `back` is a direct call that arrives in an entry of ours, through
// a PLT or not, and its site is a constant there: loaded into the first argument's register close
// before, with nothing but the computing of arguments in between. A call that several sites share (a
// helper that is given its site) is none; the compiler makes none (AUTOSPAN_ABI_SWITCHED).
bool is_call_of(const dl_phdr_info& module, const uint8_t* back, const autospan_v1_site* site);

// What text says now.
enum class CallText { kCall, kAway, kForeign };
CallText read_call(const uint8_t* at, const uint8_t original[kCallBytes]);

struct TextEdit {
  uint8_t* at;
  const uint8_t* original;  // kCallBytes: the call
  bool away;                // else back
};
enum class EditResult {
  kDone,
  kLeft,     // nothing was written: these pages are not ordinary text
  kRefused,  // the system does not let text be written; calls were brought back if they could be
};
// Whether text may be written at all here, found out on a page of our own.
bool may_write_text();
// Of one module. Threads run through these calls meanwhile.
EditResult edit_text(const TextEdit* edits, uint32_t count, bool syncs_cores);
// A call that does not lie within 8 aligned bytes needs cores that can be told to look again.
inline bool in_one_word(const uint8_t* at) { return (reinterpret_cast<uintptr_t>(at) & 7) <= 8 - kCallBytes; }

// MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE: register, then use. False = this kernel has none.
bool register_core_sync();

bool under_valgrind();
// What seccomp lets this thread do, as a number that changes with it.
uint64_t seccomp_state();

}  // namespace autospan::record
