// What a site may cost: AUTOSPAN_SITE_BUDGET, a share of a thread's time (2 %), judged over at least
// 100 ms. A site above it degrades, span → 1 in 4, 16, 64 → counter, and recovers. Counts stay exact:
// the spans' rates and the counters add up to the calls.
//
// Who is over budget is found where it costs nothing: when a chunk of records is full, by a sample of
// what is in it. From then on each thread judges the site by its own cell.
#pragma once

#include "record/process.h"
#include "record/writer.h"

namespace autospan::record {

// Reads AUTOSPAN_SITE_BUDGET. At attach.
void start_budget(const Process& p);

// The place of a site's cells, 0 = none: places are given out once and stay, also through fork.
extern uint16_t g_counter_of[ring::kSitesMax] __attribute__((visibility("hidden")));

// This thread's cell; null where it has none yet.
inline ring::CounterCell* counter_cell(const Writer& w, uint32_t site) {
  const uint32_t place = get(g_counter_of[site]);
  ring::CounterCell* cells = w.counters[place / ring::kCountersPerChunk];
  if (!cells) return nullptr;
  ring::CounterCell* c = cells + place % ring::kCountersPerChunk;
  return c->site ? c : nullptr;
}

// Counts a call; true where its round is over. One instruction, for signal handlers' sake.
inline bool count_call(ring::CounterCell& c) {
#if defined(__x86_64__)
  bool zero;
  __asm__ volatile("decl %0" : "+m"(c.left), "=@ccz"(zero));
  return zero;
#else
  return __atomic_sub_fetch(&c.left, 1u, __ATOMIC_RELAXED) == 0;
#endif
}

// A round is over: begins the next one and judges the site anew where it is time. True where this call
// is a span; its rate bits of the head in *rate.
bool begin_round(Writer& w, ring::CounterCell& c, uint64_t* rate);

// Inside a SlowPath. This thread's cell, made where there is none; null = no memory.
ring::CounterCell* make_counter_cell(Writer& w, uint32_t site);
// The writer's chunk of records is full.
void judge_chunk(Writer& w);
// The thread ends: what it counted is kept by the process. Under the lock.
void keep_counters(Process& p, Writer& w);

}  // namespace autospan::record
