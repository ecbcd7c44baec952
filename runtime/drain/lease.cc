#include "drain/lease.h"

#include <cstring>

#include "drain/identity.h"

namespace autospan::drain {
namespace {

constexpr std::uint32_t kFree = 0, kTaking = 1, kHeld = 2;

bool same(const ring::Identity& a, const ring::Identity& b) {
  return std::memcmp(a.boot_id, b.boot_id, sizeof a.boot_id) == 0 && a.pid_ns == b.pid_ns &&
         a.pid == b.pid && a.start_ticks == b.start_ticks;
}

bool swap_state(ring::FileHeader& h, std::uint32_t from, std::uint32_t to) {
  return __atomic_compare_exchange_n(&h.lease, &from, to, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}

}  // namespace

Lease take_lease(const ring::RingView& view) {
  ring::FileHeader& h = view.mutable_header();
  const std::uint32_t state = ring::load_acquire(h.lease);
  if (state == kHeld && same(h.drainer, own_identity())) return Lease::kTaken;
  // A holder of another pid namespace cannot be judged from here: its lease stands. One that died
  // between the two steps of taking left its identity unwritten: the older one's counts.
  if (state != kFree && liveness(h.drainer) != Liveness::kDead) return Lease::kHeldByOther;
  if (!swap_state(h, state, kTaking)) return Lease::kHeldByOther;
  h.drainer = own_identity();
  __atomic_fetch_add(&h.lease_epoch, 1, __ATOMIC_RELAXED);
  __atomic_store_n(&h.lease, kHeld, __ATOMIC_RELEASE);
  return Lease::kTaken;
}

void release_lease(const ring::RingView& view) {
  ring::FileHeader& h = view.mutable_header();
  if (same(h.drainer, own_identity())) swap_state(h, kHeld, kFree);
}

}  // namespace autospan::drain
