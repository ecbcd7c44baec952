// See patch.h: which calls there are, and what is to become of each.
#include "record/patch.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "record/control.h"
#include "record/environment.h"
#include "record/patch_text.h"

namespace autospan::record {
namespace {

constexpr uint32_t kCallsMax = 64 * 1024;
constexpr uint32_t kIndexSize = 2 * kCallsMax;
constexpr uint32_t kProbesMax = 64;
constexpr uint32_t kBatch = 1024;
constexpr uint32_t kBroughtBackMax = 4096;  // a microsecond each

enum CallState : uint8_t {
  kCallFresh = 0,
  kCallSound = 1,   // made sure of: it is one, of this site only
  kCallUnfit = 2,   // it is not, or cannot be written: its byte is tested
  kCallGone = 3,    // its module was unloaded
};

struct Call {
  const uint8_t* back;      // the return address; null = being noted
  autospan_v1_site* site;
  uint32_t id;
  uint8_t state;            // CallState
  uint8_t away;             // as we left it
  uint8_t original[kCallBytes];
  uint8_t reserved;
  uint32_t passed_over;     // ControlPage::sequence + 1 when its text was not to be had
};

// Survives fork: the child's text is as patched as ours.
struct Calls {
  uint32_t count;           // may run beyond kCallsMax: then it is full
  uint32_t waiting;
  Call calls[kCallsMax];
  uint32_t index[kIndexSize];  // by address: place in calls + 1
};
Calls* g_calls;

uint32_t hash(const void* back) {
  return uint32_t((reinterpret_cast<uintptr_t>(back) * 0x9e3779b97f4a7c15) >> 32) % kIndexSize;
}

// A call that was noted before. Twice for one site, or its library came back to the same place, in text
// that is new; two sites that share a call are not patched. True = it is to be looked at again.
bool note_again(Call& call, const autospan_v1_site* site) {
  if (get(call.site) != site) {
    put(call.state, uint8_t{kCallUnfit});
    return false;
  }
  // One that is away does not come: it came as it was patched, or this is another text.
  if (get(call.id) == get(site->id) && get(call.state) != kCallGone && !get(call.away)) return false;
  put(call.id, get(site->id));
  put(call.state, uint8_t{kCallFresh});
  return true;
}

uint32_t take_place(Calls& calls, autospan_v1_site* site, const uint8_t* back) {
  if (get(calls.count) >= kCallsMax) return 0;
  const uint32_t place = __atomic_fetch_add(&calls.count, 1, __ATOMIC_RELAXED);
  if (place >= kCallsMax) return 0;
  Call& call = calls.calls[place];
  put(call.site, site);
  put(call.id, get(site->id));
  __atomic_store_n(&call.back, back, __ATOMIC_RELEASE);
  return place + 1;
}

struct Batch {
  Process& p;
  Calls& calls;
  uint32_t count = 0;       // calls in hand
  uint32_t places[kBatch];
  TextEdit edits[kBatch];
  Call* edited[kBatch];
  bool refused = false;
};

// A call that is shared, as was found out too late, is brought back.
bool wanted_away(const Process& p, const Call& call) {
  return get(call.state) != kCallUnfit &&
         ring::switch_is_off(get(p.base[ring::kSwitchesOffset + get(call.id)]));
}

// Until switches are changed the next time.
void pass_over(const Process& p, Call& call) { call.passed_over = p.tending.seen + 1; }

// Calls that come are noted no more: this one would come for ever.
void leave_to_byte(Process& p, Call& call, CallState state) {
  put(call.state, uint8_t{state});
  uint8_t seek = kSwitchSeek;
  __atomic_compare_exchange_n(p.base + ring::kSwitchesOffset + get(call.id), &seek, uint8_t{kSwitchOff},
                              false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
}

// The library that was there may be gone, and another one, or itself anew, stand in its place.
bool still_of_site(const dl_phdr_info& module, const Call& call) {
  return segment_of(module, call.site, sizeof *call.site, PF_W) && get(call.site->id) == get(call.id);
}

// What is to be written, or null. Inside the loader's lock: the module stays.
bool look_at(Batch& batch, const dl_phdr_info& module, Call& call, TextEdit& edit) {
  auto* at = const_cast<uint8_t*>(call.back) - kCallBytes;
  if (!still_of_site(module, call)) return leave_to_byte(batch.p, call, kCallGone), false;
  if (call.state == kCallFresh) {
    const bool writable = batch.p.tending.syncs_cores || in_one_word(at);
    const bool away = call.away && read_call(at, call.original) == CallText::kAway;
    if (!away && (!writable || !is_call_of(module, call.back, call.site)))
      return leave_to_byte(batch.p, call, kCallUnfit), false;
    if (!away) memcpy(call.original, at, kCallBytes);
    call.state = kCallSound;
  }
  const bool away = wanted_away(batch.p, call);
  const CallText is = read_call(at, call.original);
  if (is == CallText::kForeign) return pass_over(batch.p, call), false;  // a breakpoint, most likely
  call.away = is == CallText::kAway;
  edit = {at, call.original, away};
  return call.away != away;
}

int edit_module(dl_phdr_info* module, size_t, void* data) {
  Batch& batch = *static_cast<Batch*>(data);
  uint32_t edits = 0;
  for (uint32_t i = 0; i < batch.count;) {
    Call& call = batch.calls.calls[batch.places[i]];
    if (!segment_of(*module, call.back - kCallBytes, kCallBytes, PF_X)) {
      ++i;
      continue;
    }
    batch.places[i] = batch.places[--batch.count];
    if (look_at(batch, *module, call, batch.edits[edits])) batch.edited[edits++] = &call;
  }
  if (edits == 0) return batch.count == 0;
  const EditResult result = edit_text(batch.edits, edits, batch.p.tending.syncs_cores);
  for (uint32_t i = 0; i < edits; ++i) {
    Call& call = *batch.edited[i];
    call.away = read_call(batch.edits[i].at, call.original) == CallText::kAway;
    if (bool(call.away) != batch.edits[i].away) pass_over(batch.p, call);
    if (result == EditResult::kLeft) leave_to_byte(batch.p, call, kCallUnfit);
  }
  batch.refused = result == EditResult::kRefused;
  return batch.refused || batch.count == 0;
}

// Those whose text is not as their switch wants it, up to a batch of them.
void gather(Batch& batch) {
  const uint32_t said = get(batch.calls.count);
  const uint32_t count = said < kCallsMax ? said : kCallsMax;
  uint32_t patched = 0;
  batch.count = 0;
  for (uint32_t i = 0; i < count && batch.count < kBatch; ++i) {
    Call& call = batch.calls.calls[i];
    if (!__atomic_load_n(&call.back, __ATOMIC_ACQUIRE)) continue;
    const uint8_t state = get(call.state);
    if (state == kCallGone) continue;
    patched += call.away;
    if (call.passed_over == batch.p.tending.seen + 1) continue;
    if (state == kCallFresh || wanted_away(batch.p, call) != bool(call.away)) batch.places[batch.count++] = i;
  }
  if (batch.count == 0) put(control(batch.p).patched, patched);
}

bool open_text(Process& p) {
  Tending& t = p.tending;
  const uint64_t state = seccomp_state();
  if (!t.text_open) {
    t.text_open = true;
    t.seccomp = state;
    t.syncs_cores = register_core_sync();
    return may_write_text();
  }
  // A filter that came since might kill us for what it does not know.
  return state == t.seccomp;
}

void stop_patching(Process& p) {
  p.tending.patches = false;
  put(control(p).patching, uint32_t{get(control(p).patched) ? ring::kPatchingStuck : ring::kPatchingNever});
}

}  // namespace

void open_calls(Process& p) {
#if defined(__x86_64__)
  if (!configured_patching() || under_valgrind()) return;
  if (!g_calls) {
    void* memory = mmap(nullptr, sizeof(Calls), PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) return;
    __atomic_store_n(&g_calls, static_cast<Calls*>(memory), __ATOMIC_RELEASE);
  }
  p.tending.patches = true;
  put(control(p).patching, uint32_t{ring::kPatching});
#else
  (void)p;
#endif
}

void note_call(autospan_v1_site* site, const void* back) {
  Calls* const calls = __atomic_load_n(&g_calls, __ATOMIC_ACQUIRE);
  if (!calls || site->flags & AUTOSPAN_SITE_HOOK) return;
  Process& p = *g_process;
  if (p.state != Attachment::kAttached || !patches_calls(p) || get(site->id) <= ring::kRefusedSite) return;
  const auto* address = static_cast<const uint8_t*>(back);
  uint32_t mine = 0;
  for (uint32_t i = 0; i < kProbesMax; ++i) {
    uint32_t* slot = &calls->index[(hash(back) + i) % kIndexSize];
    uint32_t seen = __atomic_load_n(slot, __ATOMIC_ACQUIRE);
    if (seen == 0) {
      if (!mine) mine = take_place(*calls, site, address);
      if (!mine) return;
      if (__atomic_compare_exchange_n(slot, &seen, mine, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
        put(calls->waiting, 1u);
        return wake_control(p);
      }
    }
    Call& call = calls->calls[seen - 1];
    if (call.back != address) continue;
    if (mine) put(calls->calls[mine - 1].state, uint8_t{kCallGone});  // another thread was first
    if (!note_again(call, site)) return;
    put(calls->waiting, 1u);
    return wake_control(p);
  }
}

// The kernel writes, which fails where a library went meanwhile.
void bring_calls_back() {
  Calls* const calls = g_calls;
  if (!calls) return;
  const uint32_t count = get(calls->count) < kCallsMax ? get(calls->count) : kCallsMax;
  uint32_t away = 0;
  for (uint32_t i = 0; i < count; ++i) away += calls->calls[i].away;
  if (away == 0 || away > kBroughtBackMax) return;
  const int text = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
  if (text < 0) return;
  for (uint32_t i = 0; i < count; ++i) {
    Call& call = calls->calls[i];
    if (!call.away) continue;
    const auto at = off_t(reinterpret_cast<uintptr_t>(call.back) - kCallBytes);
    uint8_t is[kCallBytes];
    if (pread(text, is, kCallBytes, at) == kCallBytes && read_call(is, call.original) == CallText::kAway &&
        pwrite(text, call.original, kCallBytes, at) == kCallBytes)
      call.away = 0;
  }
  close(text);
}

bool calls_wait() {
  const Calls* calls = __atomic_load_n(&g_calls, __ATOMIC_ACQUIRE);
  return calls && get(calls->waiting);
}

bool patch_calls(Process& p) {
  Calls& calls = *g_calls;
  const bool fresh = __atomic_exchange_n(&calls.waiting, 0u, __ATOMIC_ACQ_REL);
  static Batch batch{p, calls, 0, {}, {}, {}, false};
  batch.refused = false;
  for (gather(batch); batch.count; gather(batch)) {
    if (!open_text(p)) {
      stop_patching(p);
      break;
    }
    pthread_mutex_lock(&p.tending.patching);
    dl_iterate_phdr(edit_module, &batch);
    pthread_mutex_unlock(&p.tending.patching);
    if (batch.refused) {
      stop_patching(p);
      break;
    }
    // In no module: made at run time, or unloaded.
    for (uint32_t i = 0; i < batch.count; ++i)
      leave_to_byte(p, calls.calls[batch.places[i]], kCallGone);
  }
  return fresh;
}

}  // namespace autospan::record
