#include "record/budget.h"

#include <string.h>

#include "record/environment.h"
#include "ring/clock.h"

namespace autospan::record {

using ring::CounterCell;
using ring::kNone;

uint16_t g_counter_of[ring::kSitesMax];

namespace {

constexpr uint64_t kWindowMs = 100;
constexpr uint64_t kSpanNs = 30;        // of a hot span, its record's way through the caches included
constexpr uint32_t kSampledTurns = 8;   // a sample is taken of one chunk in so many …
constexpr uint32_t kSampledSlots = 4;   // … of one slot in so many

// In ticks. 0 parts = no budget.
uint64_t g_window, g_span;
uint64_t g_parts_per_million;
uint32_t g_places = 1;                  // given out so far; 0 is none
// How many threads find the place's site hot; when none does its switch goes back.
uint32_t g_hot_threads[ring::kCountersMax];

// How many times its budget a site would take that makes so many calls in that time, rounded up.
uint64_t times_of(uint64_t calls, uint64_t ticks) {
  const uint64_t allowed = ticks / 1'000'000 * g_parts_per_million + 1;
  return (calls * g_span + allowed - 1) / allowed;
}

uint32_t state_for(uint64_t times) {
  uint32_t state = 0;
  while (state <= ring::kCounterRateMax && ring::counter_round(state) < times) ++state;
  return state <= ring::kCounterRateMax ? state : uint32_t{ring::kCounterOnly};
}

uint8_t& switch_of(uint32_t site) { return const_cast<uint8_t*>(g_switches)[site]; }

// Whoever turned the site off or on meanwhile has the last word.
void exchange_switch(uint32_t site, uint8_t from, uint8_t to) {
  __atomic_compare_exchange_n(&switch_of(site), &from, to, false, __ATOMIC_RELAXED,
                              __ATOMIC_RELAXED);
}

void set_hot(uint32_t site, bool hot) {
  const uint32_t place = g_counter_of[site];
  if (hot) {
    __atomic_add_fetch(&g_hot_threads[place], 1u, __ATOMIC_RELAXED);
    exchange_switch(site, kSwitchOn, kSwitchCounted);
  } else if (__atomic_sub_fetch(&g_hot_threads[place], 1u, __ATOMIC_RELAXED) == 0) {
    exchange_switch(site, kSwitchCounted, kSwitchOn);
  }
}

// The calls of the round so far are nobody's from now on.
void set_state(CounterCell& c, uint32_t state) {
  const uint32_t site = c.site & ring::kCounterSiteMask, was = ring::counter_state(c);
  put(c.counted, ring::uncounted_calls(c.site, c.left, c.counted));
  put(c.site, site | state << ring::kCounterStateShift);
  put(c.left, ring::counter_round(state));
  if ((was == 0) != (state == 0)) set_hot(site, state != 0);
}

uint32_t coarse(uint64_t ticks) { return uint32_t(ticks >> 16); }

// Up at once; down only with a margin, so that a site on the edge stays where it is.
void judge(CounterCell& c, uint64_t now) {
  const uint64_t ticks = uint64_t{coarse(now) - c.window_start} << 16;
  if (ticks < g_window) return;
  const uint64_t calls = c.window_calls;
  const uint32_t was = ring::counter_state(c), wanted = state_for(times_of(calls, ticks));
  c.window_start = coarse(now);
  c.window_calls = 0;
  if (wanted > was || (wanted < was && state_for(times_of(2 * calls, ticks)) < was)) set_state(c, wanted);
}

uint32_t place_for(Process& p, uint32_t site) {
  Locked locked(p);
  if (!g_counter_of[site] && g_places < ring::kCountersMax)
    put(g_counter_of[site], uint16_t(g_places++));
  return g_counter_of[site];
}

CounterCell* cells_of(Process& p, uint32_t chunk) {
  return reinterpret_cast<CounterCell*>(chunk_slots(p, chunk) + 1);
}

uint32_t claim_counters(Process& p, uint32_t owner, uint64_t uid) {
  const uint32_t chunk = claim_chunk(p, ring::kChunkCounters, owner, uid);
  if (chunk != kNone)
    memset(static_cast<void*>(cells_of(p, chunk)), 0, ring::kCountersPerChunk * sizeof(CounterCell));
  return chunk;
}

// A sample of a full chunk, by site; the rarest gives way where there are too many.
void sample_chunk(Tally& t, const ring::Slot* begin, const ring::Slot* end, uint64_t epoch) {
  for (const ring::Slot* s = begin; s < end; s += kSampledSlots) {
    if (s->head >> ring::kHeadEpochShift << ring::kHeadEpochShift != epoch ||
        ring::head_kind(s->head) != ring::kSlotSpan)
      continue;
    ++t.sampled;
    const uint32_t site = ring::head_site(s->head);
    Tally::Entry* rarest = t.sites;
    for (Tally::Entry& e : t.sites) {
      if (e.site == site) {
        rarest = &e;
        break;
      }
      if (e.count < rarest->count) rarest = &e;
    }
    if (rarest->site != site) *rarest = {site, 0};
    ++rarest->count;
  }
}

void degrade(Writer& w, uint32_t site, uint64_t times, uint64_t now) {
  if (get(g_switches[site]) != kSwitchOn) return;
  CounterCell* c = make_counter_cell(w, site);
  if (!c) return;
  c->window_start = coarse(now);
  c->window_calls = 0;
  set_state(*c, state_for(times));
}

}  // namespace

void start_budget(const Process& p) {
  const uint64_t per_second = header(p).ticks_per_second;
  g_window = per_second / 1000 * kWindowMs;
  g_span = per_second * kSpanNs / 1'000'000'000;
  g_parts_per_million = configured_site_budget();
}

CounterCell* make_counter_cell(Writer& w, uint32_t site) {
  Process& p = *g_process;
  const uint32_t place = place_for(p, site);
  if (!place) return nullptr;
  const uint32_t which = place / ring::kCountersPerChunk;
  if (!w.counters[which]) {
    Locked locked(p);
    const uint32_t chunk = claim_counters(p, w.thread_chunk, w.thread->uid);
    if (chunk == kNone) return nullptr;
    put(w.thread->counters[which], chunk);
    w.counters[which] = cells_of(p, chunk);
  }
  CounterCell* c = w.counters[which] + place % ring::kCountersPerChunk;
  if (!c->site) {
    c->left = 1;
    c->window_start = coarse(ring::read_clock(w.clock));
    put(c->site, site);
  }
  return c;
}

bool begin_round(Writer& w, CounterCell& c, uint64_t* rate) {
  const uint32_t state = ring::counter_state(c), calls = ring::counter_round(state);
  c.window_calls += calls;
  const bool span = state <= ring::kCounterRateMax;
  if (!span) put(c.counted, c.counted + calls);
  put(c.left, c.left + calls);
  *rate = uint64_t{span ? state : 0} << ring::kHeadRateShift;
  judge(c, ring::read_clock(w.clock));
  return span;
}

void judge_chunk(Writer& w) {
  if (!g_parts_per_million) return;
  Tally& t = w.tally;
  const uint64_t now = ring::read_clock(w.clock);
  const ring::Slot* begin = reinterpret_cast<const ring::Slot*>(w.chunk) +
                            (w.chunk->kind == ring::kChunkThread ? ring::kFirstRecordSlot : 1);
  t.records += uint64_t(w.record - begin);
  if (t.chunk_turns++ % kSampledTurns == 0) sample_chunk(t, begin, w.record, w.epoch);
  const uint64_t ticks = now - t.since;
  if (ticks < g_window) return;
  for (const Tally::Entry& e : t.sites) {
    if (!e.count) continue;
    const uint64_t times = times_of(t.records * e.count / t.sampled, ticks);
    if (times > 1) degrade(w, e.site, times, now);
  }
  t = {};
  t.since = now;
}

void keep_counters(Process& p, Writer& w) {
  for (uint32_t which = 0; which < 2; ++which) {
    const CounterCell* cells = w.counters[which];
    if (!cells) continue;
    uint32_t& kept = p.counter_chunks[which];
    if (kept == kNone) kept = claim_counters(p, kNone, 0);
    for (uint32_t i = 0; i < ring::kCountersPerChunk; ++i) {
      if (!cells[i].site) continue;
      const uint32_t site = cells[i].site & ring::kCounterSiteMask;
      if (ring::counter_state(cells[i])) set_hot(site, false);
      if (kept == kNone) continue;
      CounterCell& to = cells_of(p, kept)[i];
      put(to.counted, to.counted + ring::uncounted_calls(cells[i].site, cells[i].left,
                                                         cells[i].counted));
      put(to.left, 1u);
      put(to.site, site);
    }
    release_chunk(p, w.thread->counters[which]);
    w.thread->counters[which] = kNone;
    w.counters[which] = nullptr;
  }
}

}  // namespace autospan::record
