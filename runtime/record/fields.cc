// What lands on the innermost open span: fields, events, links, errors. A field goes into the span's
// frame while there is room; what is too long becomes a field record, written at once.
#include <string.h>

#include "record/cells.h"
#include "ring/clock.h"
#include "record/process.h"
#include "ring/ids.h"

namespace autospan::record {

using ring::Slot;

// --- into the frame -----------------------------------------------------------------------------

// Cells at the end of the top frame, grown by whole slots; null where it has no room.
static uint64_t* grow_frame(Writer& w, Slot& f, uint32_t cells) {
  const uint32_t used = uint32_t(f.duration);
  const uint32_t slots = slots_for(used + cells);
  const uint32_t more = slots > frame_slots(f) ? slots - frame_slots(f) : 0;
  if (used + cells > kFrameCellsMax || &f + slots > w.stack_end) return nullptr;
  if (more) {
    w.next = &f + slots;
    // Terminated before the frame grows: a reader of a dead process finds no stale cells.
    f.payload[used] = 0;
    f.commit += more;
    __atomic_store_n(&w.thread->stack_next, slot_number(w, w.next), __ATOMIC_RELEASE);
  }
  return f.payload + used;
}

static void commit_cells(Slot& f, uint32_t cells) {
  f.duration += cells;
  terminate_cells(f.payload, uint32_t(f.duration), frame_slots(f));
}

// --- into the ring ------------------------------------------------------------------------------

// A record of `cells` cells; null = no chunk. Cells of the ring are read while we write: put().
static Slot* begin_record(Writer& w, uint32_t cells) {
  const uint32_t slots = slots_for(cells);
  if (w.record + slots > w.record_end && !turn_chunk(w)) return nullptr;
  return w.record + slots <= w.record_end ? w.record : nullptr;
}
static void put_bytes(uint64_t* to, const char* bytes, uint32_t length) {
  for (uint32_t i = 0; i < length; i += 8) {
    uint64_t word = 0;
    memcpy(&word, bytes + i, length - i < 8 ? length - i : 8);
    put(*to++, word);
  }
}
struct Head {
  uint64_t start, duration;
  uint32_t seq, parent, root, context, site;
  ring::SlotKind kind;
};
static void commit_record(Writer& w, Slot* r, const Head& head, uint32_t cells) {
  const uint32_t slots = slots_for(cells);
  if (cells < cells_in(slots)) put(r->payload[cells], uint64_t{0});
  auto* words = reinterpret_cast<uint64_t*>(r);
  put(words[0], head.start);
  put(words[1], head.duration);
  put(words[2], uint64_t{head.seq} | uint64_t{head.parent} << 32);
  put(words[3], uint64_t{head.root} | uint64_t{head.context} << 32);
  const uint32_t meta = (slots - 1) | uint32_t{head.kind} << ring::kMetaKindShift;
  __atomic_store_n(&words[4], uint64_t{head.site} | uint64_t{meta | w.epoch} << 32, __ATOMIC_RELEASE);
  w.record = r + slots;
}

// A value too long for the frame, in as many field records as it takes: all but the last say that
// more follows. Keys are an id or inline bytes.
struct Key {
  uint32_t id;
  const char* text;
  uint32_t length;
  uint32_t cells() const { return id == ring::kKeyInline ? 1 + (length + 7) / 8 : 0; }
};
static void put_key(uint64_t*& at, const Key& key) {
  if (key.id != ring::kKeyInline) return;
  put(*at++, uint64_t{key.length});
  put_bytes(at, key.text, key.length);
  at += (key.length + 7) / 8;
}

static constexpr uint32_t kPartBytes = 4096;

static bool record_field(Writer& w, const Slot& f, const Key& key, const autospan_v1_slot& v) {
  const bool text = is_text(v.type);
  const char* bytes = reinterpret_cast<const char*>(v.word);
  const uint32_t length = text ? clamp_text(bytes, v.length, ring::kValueBytesMax) : 0;
  uint32_t done = 0;
  do {
    const uint32_t part = length - done < kPartBytes ? length - done : kPartBytes;
    const uint32_t cells = 1 + key.cells() + (text ? (part + 7) / 8 : carries_data(v.type));
    Slot* r = begin_record(w, cells);
    if (!r) return false;
    uint8_t flags = v.flags;
    if (text && length < v.length) flags |= AUTOSPAN_TRUNCATED;
    if (done + part < length) flags |= ring::kTagMore;
    uint64_t* at = r->payload;
    put(*at++, ring::make_tag(v.type, flags, part, key.id));
    put_key(at, key);
    if (text)
      put_bytes(at, bytes + done, part);
    else if (carries_data(v.type))
      put(*at, v.word);
    commit_record(w, r, {ring::read_ticks(w.tsc), 0, f.seq, f.parent, f.root, f.context, f.site,
                         ring::kSlotField}, cells);
    done += part;
  } while (done < length);
  return true;
}

void add_field(Writer& w, Slot& f, const Key& key, const autospan_v1_slot& v) {
  const uint32_t value_cells = tagged_cells(v, ring::kInlineValueMax);
  if (!value_cells) return;
  const bool fits = !is_text(v.type) || v.length <= ring::kInlineValueMax;
  if (uint64_t* at = fits ? grow_frame(w, f, value_cells + key.cells()) : nullptr) {
    at[0] = tag_of(v, key.id, ring::kInlineValueMax);
    uint64_t* data = at + 1;
    put_key(data, key);
    store_data(data, v, at[0]);
    commit_cells(f, value_cells + key.cells());
    return;
  }
  if (!record_field(w, f, key, v)) put(w.thread->dropped_values, w.thread->dropped_values + 1);
}

// --- the entries --------------------------------------------------------------------------------

// The writer with its innermost frame on top; null where no span is open.
class OnTop {
 public:
  OnTop() : w_(t_writer) {
    if (!w_->next || slow_.was_busy() || !slow_.entered()) {
      w_ = nullptr;
      return;
    }
    settle(*w_);
    if (w_->top == chunk_slots(*g_process, w_->thread_chunk) + ring::kSentinelSlot) {
      put(w_->thread->orphan_fields, w_->thread->orphan_fields + 1);
      w_ = nullptr;
      return;
    }
  }
  OnTop(const OnTop&) = delete;
  OnTop& operator=(const OnTop&) = delete;
  explicit operator bool() const { return w_ != nullptr; }
  Writer& writer() const { return *w_; }
  Slot& frame() const { return *w_->top; }

 private:
  SlowPath slow_;
  Writer* w_;
};

static bool registered(autospan_v1_site* site) {
  if (__atomic_load_n(&site->id, __ATOMIC_ACQUIRE) == 0) {
    Locked locked(*g_process);
    register_site(*g_process, site);
  }
  return __atomic_load_n(&site->id, __ATOMIC_RELAXED) < ring::kSitesMax;
}

void note_text(Writer& w, Slot& f, uint32_t key, const char* text, size_t length) {
  if (length > ring::kValueBytesMax) length = clamp_text(text, length, ring::kValueBytesMax);
  add_field(w, f, {key, nullptr, 0},
            {reinterpret_cast<uintptr_t>(text), uint32_t(length), AUTOSPAN_STR, 0, 0});
}

// A link of span `seq` of this thread; written before its frame is open where a root begins.
void record_link(Writer& w, uint32_t seq, uint32_t root, uint32_t context_word, uint32_t site,
                 const autospan_v1_context& to) {
  Slot* r = begin_record(w, 3);
  if (!r) return;
  put(r->payload[0], ring::load_big_endian(to.trace_id));
  put(r->payload[1], ring::load_big_endian(to.trace_id + 8));
  put(r->payload[2], ring::load_big_endian(to.span_id));
  commit_record(w, r, {ring::read_ticks(w.tsc), 0, seq, 0, root, context_word, site, ring::kSlotLink}, 3);
}

static void record_event(Writer& w, const Slot& f, const autospan_v1_site& site,
                         const autospan_v1_slot* values, size_t count) {
  uint32_t cells = 0;
  size_t kept = 0;
  for (; kept < count; ++kept) {
    const uint32_t more = tagged_cells(values[kept], ring::kInlineValueMax);
    if (cells + more > kFrameCellsMax) break;
    cells += more;
  }
  Slot* r = begin_record(w, cells);
  if (!r) {
    put(w.thread->dropped_values, w.thread->dropped_values + 1);
    return;
  }
  // Each value is built aside, since readers may be looking at the ring: a kilobyte of stack, as the
  // host's may be small.
  uint64_t built[1 + ring::kInlineValueMax / 8];
  uint32_t used = 0, param = 0;
  for (size_t i = 0; i < kept; ++i) {
    while (param < site.param_count && !carries_data(site.params[param].type)) ++param;
    const uint32_t taken =
        store_tagged(built, values[i], ring::kKeyParam + param++, ring::kInlineValueMax);
    for (uint32_t c = 0; c < taken; ++c) put(r->payload[used++], built[c]);
  }
  commit_record(w, r, {ring::read_ticks(w.tsc), 0, f.seq, f.parent, f.root, f.context, site.id,
                       ring::kSlotEvent}, used);
}

bool record_detached(Writer& w, const ring::DetachedFrame& f, uint64_t end) {
  constexpr uint32_t kIds = sizeof(ring::DetachedIds) / 8;
  const uint32_t cells = kIds + f.cells;
  Slot* r = begin_record(w, cells);
  if (!r) return false;
  const auto* ids = reinterpret_cast<const uint64_t*>(&f.ids);
  for (uint32_t i = 0; i < kIds; ++i) put(r->payload[i], ids[i]);
  for (uint32_t i = 0; i < f.cells; ++i) put(r->payload[kIds + i], f.payload[i]);
  commit_record(w, r, {f.start, end - f.start, f.seq, 0, 0, 0, f.site, ring::kSlotDetached}, cells);
  return true;
}

void begin_special(Writer& w, Slot& f, const autospan_v1_site& site) {
  if (!(site.flags & AUTOSPAN_SITE_ROOT)) return;
  autospan_v1_context enclosing;
  SlowPath slow;
  const bool inside = slow.entered() && context_of_top(w, &enclosing);
  f.parent = f.root = f.context = 0;
  f.commit |= ring::kMetaRoot;
  if (inside) record_link(w, f.seq, 0, 0, f.site, enclosing);
}

}  // namespace autospan::record

using namespace autospan;
using namespace autospan::record;

#define AUTOSPAN_EXPORTED extern "C" __attribute__((visibility("default")))

AUTOSPAN_EXPORTED int autospan_v1_recording(void) noexcept {
  const Writer* w = t_writer;
  return w->next && !w->busy &&
         w->top != slot_at(*w, w->thread_chunk * ring::kSlotsPerChunk + ring::kSentinelSlot);
}

AUTOSPAN_EXPORTED void autospan_v1_field(autospan_v1_site* site,
                                         const autospan_v1_slot* value) noexcept {
  OnTop on;
  if (on && registered(site)) add_field(on.writer(), on.frame(), {site->id, nullptr, 0}, *value);
}

AUTOSPAN_EXPORTED void autospan_v1_field_key(const char* key, autospan_size length,
                                             const autospan_v1_slot* value) noexcept {
  OnTop on;
  if (!on || !length) return;
  const uint32_t kept = clamp_text(key, length, ring::kStringBytesMax);
  add_field(on.writer(), on.frame(), {ring::kKeyInline, key, kept}, *value);
}

AUTOSPAN_EXPORTED void autospan_v1_event(autospan_v1_site* site, const autospan_v1_slot* values,
                                         autospan_size count) noexcept {
  OnTop on;
  if (on && registered(site)) record_event(on.writer(), on.frame(), *site, values, count);
}

AUTOSPAN_EXPORTED void autospan_v1_link(const autospan_v1_context* to) noexcept {
  OnTop on;
  if (!on) return;
  const ring::Slot& f = on.frame();
  record_link(on.writer(), f.seq, f.root, f.context, f.site, *to);
}

AUTOSPAN_EXPORTED void autospan_v1_error(const char* message, autospan_size message_length,
                                         const char* type, autospan_size type_length) noexcept {
  OnTop on;
  if (!on) return;
  on.frame().commit |= ring::kMetaError;
  if (type_length) note_text(on.writer(), on.frame(), ring::kKeyExceptionType, type, type_length);
  note_text(on.writer(), on.frame(), ring::kKeyExceptionMessage, message, message_length);
}
