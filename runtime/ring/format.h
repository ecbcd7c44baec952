// The ring file's layout: the one place that states it, read by writer and reader alike. FORMAT.md
// beside it tells the same in prose, with the rules of reading.
//
//   0          FileHeader       identity, clock, lease, counters, text
//   4 KiB      ControlPage      switches: the global word, globs and deadlines
//   8 KiB      FaultModule      what the fault frame of a fatal signal lay in
//   16 KiB     switch bytes     one a site (kSitesMax), sparse until used
//   272 KiB    chunk 0, 1, …    kChunkBytes each: a ChunkHeader and 255 slots of 64 bytes
//
// All integers are little-endian and aligned to their size. Everything a reader takes from here is
// untrusted: the file may be torn, foreign or hostile.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace autospan::ring {

inline constexpr char kMagic[8] = {'A', 'U', 'T', 'O', 'S', 'P', 'A', 'N'};
inline constexpr uint32_t kFormatVersion = 1;

inline constexpr uint32_t kSlotBytes = 64;
inline constexpr uint32_t kChunkBytes = 16 * 1024;
inline constexpr uint32_t kSlotsPerChunk = kChunkBytes / kSlotBytes;  // slot 0 is the ChunkHeader
inline constexpr uint32_t kControlOffset = 4096;
inline constexpr uint32_t kFaultOffset = 8192;
inline constexpr uint32_t kSwitchesOffset = 16 * 1024;
inline constexpr uint32_t kSitesMax = 256 * 1024;
inline constexpr uint32_t kRefusedSite = 1;        // id of every site that found no room; always off
inline constexpr uint32_t kChunksOffset = kSwitchesOffset + kSitesMax;
inline constexpr uint32_t kExtentChunks = 64;      // what a process takes from the file system at once
inline constexpr uint32_t kChunksMax = 65536;      // 1 GiB: the hard limit of AUTOSPAN_RING_TOTAL_MB
// A thread's first chunk: ChunkHeader, ThreadHeader, sentinel, open frames, spill, first records.
inline constexpr uint32_t kSentinelSlot = 4;
inline constexpr uint32_t kThreadSlots = 5;        // the outermost frame
inline constexpr uint32_t kThreadSpillSlot = 64;
inline constexpr uint32_t kFirstRecordSlot = 128;
// A further stack segment: ChunkHeader, sentinel, open frames, spill.
inline constexpr uint32_t kSegmentSentinelSlot = 1;
inline constexpr uint32_t kSegmentSlots = 2;
inline constexpr uint32_t kSegmentSpillSlot = 129;
inline constexpr uint32_t kContinuationMax = 127;  // slots that follow a head slot
inline constexpr uint32_t kHeadCells = 3;          // 8-byte cells of payload in a head slot
inline constexpr uint32_t kSlotCells = 8;          // and in a continuation slot
inline constexpr uint32_t kStringBytesMax = 256;   // of an argument
inline constexpr uint32_t kValueBytesMax = 65535;  // of a field set by TRACE_FIELD
inline constexpr uint32_t kNone = 0xffffffff;

// --- Slots --------------------------------------------------------------------------------------
// A record is a head slot and up to kContinuationMax continuation slots, contiguous in one chunk. Its
// payload is a run of 8-byte cells: three in the head, eight in each continuation.
//
// One shape for an open frame and for the record that it becomes, so that the end of a span is a
// copy. Frames stand one slot each, so that the frame below is always the slot below; what does not
// fit in the head goes on in the spill area of the same segment.
struct Slot {
  uint64_t start;     // ticks
  uint64_t duration;  // ticks. A frame's: its whole sequence number, which is also the site's guard
  uint64_t lineage;   // low halves of the span's sequence number and, above, of its parent's, which
                      // means nothing in a local root. A frame's with kHeadMore: Extra
  uint64_t root;      // low half of the local root's sequence number, equal to the span's own in a
                      // local root, and above it {generation:8, index:24} of a context, 0 = none.
                      // A frame's: only valid in a local root
  uint64_t head;      // the commit word, written last: see below. A frame's: 0 = not open
  uint64_t payload[kHeadCells];
};
static_assert(sizeof(Slot) == kSlotBytes, "a slot is one cache line");
static_assert(offsetof(Slot, head) == 32 && offsetof(Slot, payload) == 40, "FORMAT.md");

constexpr uint32_t low_half(uint64_t word) { return uint32_t(word); }
constexpr uint32_t high_half(uint64_t word) { return uint32_t(word >> 32); }
constexpr uint64_t make_word(uint32_t low, uint32_t high) { return uint64_t{low} | uint64_t{high} << 32; }

// The commit word:
//   0–17 site   18–20 shape   21–23 kind   24–30 continuation slots   31 more
//   32–40 bytes of text   41 error   42 abandoned   43 truncated   44 root   45–47 rate
//   48–63 low half of the chunk's epoch, never 0; 0 in a frame
enum SlotKind : uint8_t {
  kSlotSpan = 1,      // a span that ended
  kSlotField = 2,     // fields too long for their span's frame; `seq` is the span's
  kSlotEvent = 3,     // an event of span `seq`; `site` names it
  kSlotLink = 4,      // a link of span `seq`: three untagged cells, trace id and span id
  kSlotDetached = 5,  // a detached span that ended: five untagged cells (DetachedIds), then entries
  kSlotScope = 6,     // on stacks only: the next frame is a local root; ScopeFrame
};
// What the payload begins with: the values of the site's data-bearing params in order. Text begins in
// cell 1 in both shapes that have it, zero-padded; its length is in the commit word.
enum SlotShape : uint8_t {
  kShapeNone = 0,
  kShapeWord = 1,      // one cell
  kShapeTwoWords = 2,  // two cells
  kShapeText = 3,      // cell 0 unused, text
  kShapeWordText = 4,  // one cell, text
};
inline constexpr uint32_t kHeadShapeShift = 18;
inline constexpr uint32_t kHeadKindShift = 21;
inline constexpr uint32_t kHeadContinuationShift = 24;
inline constexpr uint64_t kHeadMore = 1u << 31;  // tagged entries follow what the shape says
inline constexpr uint32_t kHeadTextShift = 32;
inline constexpr uint64_t kHeadError = uint64_t{1} << 41;
inline constexpr uint64_t kHeadAbandoned = uint64_t{1} << 42;
inline constexpr uint64_t kHeadTruncated = uint64_t{1} << 43;
inline constexpr uint64_t kHeadRoot = uint64_t{1} << 44;  // began a trace by request (TRACE_ROOT)
inline constexpr uint32_t kHeadRateShift = 45;            // the span stands for 4^rate calls
inline constexpr uint32_t kHeadEpochShift = 48;

// A frame's, where a record has its epoch: it has a minimum duration of its own, in ticks at 24; it is
// kept however short, since somebody knows its id; its first entry is kKeyCpuStart.
inline constexpr uint64_t kFrameMin = uint64_t{1} << 48;
inline constexpr uint64_t kFramePinned = uint64_t{1} << 49;
inline constexpr uint64_t kFrameCpu = uint64_t{1} << 50;
inline constexpr uint64_t kFrameStack = uint64_t{1} << 51;  // asks for the stack of an exception that leaves it
inline constexpr uint64_t kRecordMask = (uint64_t{1} << kHeadEpochShift) - 1;

constexpr uint32_t head_site(uint64_t head) { return uint32_t(head) & (kSitesMax - 1); }
constexpr uint32_t head_shape(uint64_t head) { return head >> kHeadShapeShift & 7; }
constexpr uint32_t head_kind(uint64_t head) { return head >> kHeadKindShift & 7; }
constexpr uint32_t head_continuation(uint64_t head) { return head >> kHeadContinuationShift & 0x7f; }
constexpr uint32_t head_slots(uint64_t head) { return 1 + head_continuation(head); }
constexpr uint32_t head_text(uint64_t head) { return head >> kHeadTextShift & 0x1ff; }
constexpr uint32_t head_rate(uint64_t head) { return 1u << 2 * (head >> kHeadRateShift & 7); }
constexpr uint32_t head_epoch(uint64_t head) { return uint32_t(head >> kHeadEpochShift); }
constexpr uint64_t make_head(uint32_t site, SlotKind kind, SlotShape shape = kShapeNone) {
  return uint64_t{site} | uint64_t{shape} << kHeadShapeShift | uint64_t{kind} << kHeadKindShift;
}
// Cells that the shape takes.
constexpr uint32_t shape_cells(uint64_t head) {
  switch (head_shape(head)) {
    case kShapeWord: return 1;
    case kShapeTwoWords: return 2;
    case kShapeText:
    case kShapeWordText: return 1 + (head_text(head) + 7) / 8;
    default: return 0;
  }
}

// Of a frame with kHeadMore, in the place of its lineage.
struct Extra {
  uint16_t cells;     // payload cells in use
  uint16_t uncaught;  // exceptions in flight when it was opened
  uint32_t spill;     // slot number of the first continuation slot; 0 = none
};
static_assert(sizeof(Extra) == 8);

// A frame of kind kSlotScope; its sequence number is 0, so that the frame above has no parent here.
struct ScopeFrame {
  uint64_t id;             // of the scope
  uint64_t seq;            // 0
  uint32_t root_at;        // slot number where local roots stood before
  uint32_t detached;       // slot number of the DetachedFrame that runs in it; 0 = none
  uint64_t root;           // what the writer held: the local root …
  uint64_t head;
  uint64_t root_context;   // … and the context of further ones
  uint64_t reserved64[2];
};
static_assert(sizeof(ScopeFrame) == kSlotBytes && offsetof(ScopeFrame, head) == offsetof(Slot, head));

// --- Tags ---------------------------------------------------------------------------------------
// {type:8, flags:8, length:16, key:32}. length = bytes of data for STR and JSON, which follow
// zero-padded to whole cells; else the data is one cell (none for OPAQUE and REDACTED).
constexpr uint64_t make_tag(uint8_t type, uint8_t flags, uint32_t length, uint32_t key) {
  return uint64_t{type} | uint64_t{flags} << 8 | uint64_t{length & 0xffff} << 16 |
         uint64_t{key} << 32;
}
inline constexpr uint8_t kTagMore = 0x80;  // flag: the value goes on in the next field record
inline constexpr uint32_t kInlineValueMax = 1024;      // longer values become field records
inline constexpr uint32_t kKeyInline = 0;              // a length cell and the key's bytes follow
inline constexpr uint32_t kKeyParam = 0x80000000;      // + index: a param of the record's own site
inline constexpr uint32_t kKeyReturn = 0xffffff01;
inline constexpr uint32_t kKeyExceptionType = 0xffffff02;
inline constexpr uint32_t kKeyExceptionMessage = 0xffffff03;
inline constexpr uint32_t kKeyCpuStart = 0xffffff04;   // of an open frame: the thread's processor time, ns
inline constexpr uint32_t kKeyCpu = 0xffffff05;        // processor time of the span, ns
inline constexpr uint32_t kKeyCancelled = 0xffffff06;  // a coroutine's frame was destroyed while it was suspended
inline constexpr uint32_t kKeyErrorMessage = 0xffffff07;
inline constexpr uint32_t kKeyStack = 0xffffff08;      // STR: return addresses, 8 bytes each, innermost first
inline constexpr uint32_t kKeyFoldOther = 0xffffff10;  // folds of more sites than a frame has room for
// A tag's type of its own: spans too short to be kept, folded into this one. The key is their site;
// three cells: how many, the sum and the longest of their durations, in ticks.
inline constexpr uint8_t kTagFold = 64;
inline constexpr uint32_t kFoldSitesMax = 4;
// Any other key is the id of a field site.

struct DetachedIds {
  uint64_t trace_id[2];   // as numbers, high half first
  uint64_t span_id;
  uint64_t parent_id;     // 0 = root
  uint64_t idle_ticks;    // suspended in all
};

// --- Chunks -------------------------------------------------------------------------------------
enum ChunkKind : uint32_t {
  kChunkFree = 0,
  kChunkThread = 1,    // ThreadHeader, open frames, the thread's first records
  kChunkRecords = 2,   // 255 slots of records
  kChunkStack = 3,     // a further segment of open frames; `order` is its depth, from 1. Slot 1,
                       // the sentinel, holds {next, spill} of the segment below as slot numbers
  kChunkContexts = 4,  // 255 ContextBlocks
  kChunkSites = 5,     // SiteBlocks, append-only, `used` bytes after the header
  kChunkDetached = 6,  // DetachedFrames
  kChunkModules = 7,   // ModuleBlocks, append-only
  kChunkCounters = 8,  // kCountersPerChunk CounterCells of the owner; of the process: of threads gone
};

struct ChunkHeader {
  uint32_t kind;
  uint32_t owner;        // chunk index of the owning thread's first chunk; kNone = the process
  uint64_t epoch;        // use count of this chunk; its low half, never 0, commits slots
  uint64_t order;        // position among the owner's record chunks, from 0
  uint64_t first_record; // records that the owner had written before this chunk
  uint64_t seq_base;     // owner's sequence number when the chunk was begun
  uint64_t owner_uid;    // ThreadHeader::uid
  uint32_t next;         // owner's next chunk in its ring
  uint32_t used;         // append-only kinds: bytes committed after the header
  uint64_t reserved;
};
static_assert(sizeof(ChunkHeader) == kSlotBytes);

enum ThreadState : uint32_t { kThreadLive = 1, kThreadExited = 2 };

struct ThreadHeader {
  uint64_t uid;           // unique in the file, from 1
  uint32_t tid;
  uint32_t state;
  uint64_t seed[2];       // of this thread's ids
  uint64_t attach_ticks;
  uint64_t exit_ticks;
  uint64_t records;       // written in all, as of the last chunk turn; exact once it has exited
  uint64_t read;          // records that a drainer has taken (in memory of one, or beyond)
  uint64_t done;          // records whose fate is settled: delivered, journaled or counted dropped
  uint32_t counters[2];   // its counter chunks; kNone = none
  uint64_t last_seq;      // as of the last chunk turn
  char name[16];
  uint64_t foreign_exits; // exits of guards not on this thread's stack
  uint64_t orphan_fields; // fields, events, links, errors outside any span
  uint64_t refused;       // spans not recorded: re-entered, no memory
  uint64_t dropped_values;// values that found no room
  uint32_t next_dead;     // list of exited threads, oldest first; kNone ends it
  uint32_t contexts;      // first of its context chunks, a ring by ChunkHeader::next; kNone = none
  uint64_t reserved[3];
};
static_assert(sizeof(ThreadHeader) <= (kSentinelSlot - 1) * kSlotBytes);

// Where a local root continues a trace: from another process, thread or a sampling decision.
struct ContextBlock {
  uint64_t trace_id[2];   // as numbers, high half first; 0 = the local root's own trace
  uint64_t span_id;       // remote parent; 0 = none
  uint32_t generation;    // low 8 bits match Slot::context; 0 = not in use; written last
  uint32_t flags;         // bit 0: sampled
  uint32_t rate;
  uint32_t reserved;
  uint64_t reserved64[3];
};
static_assert(sizeof(ContextBlock) == kSlotBytes);

// A site as the recorder copied it. Strings follow: offset from the block's start and length; the
// params' and enumerators' arrays too. Blocks are padded to 8 bytes.
struct Text {
  uint32_t offset;
  uint32_t length;
};
struct SiteBlock {
  uint32_t bytes;         // whole block
  uint32_t id;
  uint8_t kind, flags, span_kind;
  uint8_t on;             // Switch: its byte where it is on and nothing else is known of it
  uint32_t line;
  Text name, function, file, service;
  uint32_t params;        // offset of ParamBlock[param_count]
  uint32_t param_count;
};
struct ParamBlock {
  Text name;
  Text aux_text;          // OPAQUE: the type's name
  uint32_t enums;         // offset of EnumBlock[enum_count]
  uint16_t enum_count;
  uint8_t type, flags;
};
struct EnumBlock {
  int64_t value;
  Text name;
};

inline constexpr uint32_t kDetachedSlots = 15;   // 17 frames a chunk
enum DetachedState : uint32_t { kDetachedFree = 0, kDetachedClaimed = 1, kDetachedOpen = 2 };
inline constexpr uint32_t kDetachedError = uint32_t{1} << 31;
inline constexpr uint32_t kDetachedStack = uint32_t{1} << 30;  // as kFrameStack
struct DetachedFrame {
  uint32_t state;         // DetachedState; open is written last
  uint32_t seq;           // of the handle
  uint32_t site;          // id, and kDetachedError
  uint32_t cells;         // of payload in use
  uint64_t start;         // ticks
  uint64_t suspended;     // ticks when suspended; 0 = running
  DetachedIds ids;
  uint64_t payload[kDetachedSlots * kSlotCells - 9];
};
static_assert(sizeof(DetachedFrame) == kDetachedSlots * kSlotBytes);

// Calls of a site that no span stands for, because the site went over its budget. A cell a thread and
// site; a site has the same place in all of them.
inline constexpr uint32_t kCountersMax = 1024;       // sites that may be counted at once
inline constexpr uint32_t kCountersPerChunk = 512;
inline constexpr uint32_t kCounterSiteMask = kSitesMax - 1;
inline constexpr uint32_t kCounterStateShift = 24;
enum CounterState : uint8_t {
  kCounterRateMax = 3,   // 0 … 3: every 4^state-th call is a span
  kCounterOnly = 15,     // calls are counted, kCounterOnlyCalls at a time
};
inline constexpr uint32_t kCounterOnlyCalls = 256;
struct CounterCell {
  uint32_t site;          // id, and above bit 24 its CounterState; 0 = not in use
  uint32_t left;          // calls until the next span, or until the next are counted
  uint64_t counted;       // calls of earlier rounds that no span stands for
  uint32_t window_start;  // of the judgement, in 2^16 ticks
  uint32_t window_calls;
};
static_assert(sizeof(CounterCell) * kCountersPerChunk <= kChunkBytes - kSlotBytes);
constexpr uint32_t counter_round(uint32_t state) {
  return state <= kCounterRateMax ? 1u << 2 * state : kCounterOnlyCalls;
}
constexpr uint32_t counter_state(const CounterCell& c) { return c.site >> kCounterStateShift; }
// What no span stands for.
constexpr uint64_t uncounted_calls(uint32_t site, uint32_t left, uint64_t counted) {
  return counted + uint32_t(counter_round(site >> kCounterStateShift) - left);
}

struct ModuleBlock {
  uint32_t bytes;
  uint32_t first_page;    // where its lowest segment lies above base, in pages of 4 KiB
  uint64_t base;          // load bias: an address in the process − base = an address in the ELF file
  uint64_t size;          // end of its highest segment above base
  Text path, build_id;    // build_id: raw bytes
};

// --- Header -------------------------------------------------------------------------------------
enum ClockKind : uint32_t { kClockMonotonic = 0, kClockTsc = 1 };
enum ProcessState : uint32_t { kProcessLive = 1, kProcessExited = 2 };

// Three clocks read together. ticks are the file's clock: TSC, or CLOCK_MONOTONIC in ns.
struct ClockAnchor {
  uint64_t ticks;
  int64_t monotonic_ns;
  int64_t realtime_ns;
  uint64_t sequence;      // of this anchor, from 1; written last
};
inline constexpr uint32_t kAnchors = 8;  // [0] is the first one, the others a ring

struct Identity {         // of a process, beyond pid reuse and namespaces
  uint8_t boot_id[16];
  uint64_t pid_ns;        // inode of /proc/self/ns/pid
  uint64_t start_ticks;   // field 22 of /proc/PID/stat
  uint32_t pid;
  uint32_t reserved;
};

enum HeaderText : uint32_t {
  kTextProgram, kTextService, kTextHostname, kTextAttributes, kTextPath, kTextSiteService, kTexts
};

struct FileHeader {
  char magic[8];          // written last
  uint32_t version;
  uint32_t header_bytes;  // sizes of this build's structs: a reader of another build checks them
  uint32_t slot_bytes, chunk_bytes, thread_header_bytes, chunk_header_bytes;
  uint32_t site_block_bytes, sites_max, chunks_offset, chunks_max;
  Identity process;
  uint32_t parent_pid, euid;
  uint64_t run_id;        // AUTOSPAN_RUN; 0 = none
  uint64_t map_bytes;     // of the file as mapped
  uint32_t chunks_used;   // chunks ever handed out
  uint32_t chunks_ready;  // chunks with storage behind them
  uint32_t state;
  int32_t exit_status;
  uint32_t fatal_signal;
  uint32_t fatal_code;
  uint64_t fatal_address, fatal_pc;
  uint32_t fatal_tid;
  uint32_t site_count;
  uint32_t clock_kind;
  uint32_t anchor_count;
  uint64_t ticks_per_second;  // as measured at start
  ClockAnchor anchors[kAnchors];
  uint32_t lease;         // 0 = free, 1 = being taken, 2 = held by `drainer`
  uint32_t lease_epoch;   // counts takings
  Identity drainer;
  uint64_t lost_records;  // of exited threads whose chunks were reused before they were read
  uint64_t sites_refused, contexts_refused, threads_refused;
  uint64_t next_uid;
  Text texts[kTexts];     // offsets from the file's start, within the header
  uint32_t unfinished_exported;  // 1 = a drainer closed and exported the open spans
  uint32_t foreign_traceparent;  // 1 = TRACEPARENT was there and not valid
  uint64_t fatal_ticks;   // when it came; fatal_signal is written after all its details
  uint32_t fatal_sender;  // pid that sent it; 0 = it came from the kernel
  uint32_t reserved32;
  uint64_t mapped_at;     // address of this header in its process
  uint64_t ring_id;       // as in the file's name
  uint64_t threads_private;  // threads whose first chunk lay beyond the file
  uint64_t reserved[10];
};
inline constexpr uint32_t kHeaderTextOffset = 1536;
static_assert(sizeof(FileHeader) <= kHeaderTextOffset);

// The module of FileHeader::fatal_pc as the signal handler found it: one that was loaded after the
// table of modules was written is in here too.
inline constexpr uint32_t kModulePathMax = 512, kBuildIdMax = 64;
struct FaultModule {
  uint64_t base, size;    // as in ModuleBlock
  uint32_t path_bytes, build_id_bytes;  // 0 = not known
  char path[kModulePathMax];
  uint8_t build_id[kBuildIdMax];
};
static_assert(kFaultOffset + sizeof(FaultModule) <= kSwitchesOffset);

// Not of the file: at the start of a page of the recorder's private memory, so that a core file, in
// which a shared mapping is left out, leads to the ring.
inline constexpr char kCoreMagic[8] = {'A', 'U', 'T', 'O', 'C', 'O', 'R', 'E'};
struct CoreDescriptor {
  char magic[8];          // written last
  uint32_t version;       // kFormatVersion
  uint32_t bytes;         // of this struct
  uint64_t base, map_bytes;  // the ring's mapping
  Identity process;       // that of the ring's header
  uint32_t in_file;       // 0 = private memory: the ring itself is in the core
  uint32_t reserved;
  char path[320];         // of the ring file
};

// --- Switches -----------------------------------------------------------------------------------
// A byte a site. Other values are on, with rules of the recorder's own.
enum Switch : uint8_t {
  kSwitchOff = 0,
  kSwitchOn = 1,
  kSwitchSpecial = 2,  // on, by the general path
  kSwitchCounted = 3,  // on, but over its budget: most of its calls are only counted (record/budget.h)
  kSwitchSeek = 4,     // off, and calls that come are noted, to be patched away
};
constexpr bool switch_is_off(uint8_t byte) { return byte == kSwitchOff || byte == kSwitchSeek; }

// A rule is valid while `on` is; whoever changes one sets `on` to 0 first and to its new value last.
inline constexpr uint32_t kRuleBytes = 128;
inline constexpr uint32_t kGlobsMax = 24;
struct SwitchGlob {
  int64_t deadline_realtime_ns;  // 0 = none
  uint32_t on;                   // 1 on, 2 off, 0 unused
  uint32_t order;                // of rules that take one name the highest holds
  char glob[kRuleBytes - 16];    // zero-padded
};
inline constexpr uint32_t kGlobBytesMax = sizeof(SwitchGlob::glob) - 1;
// Changed by `autospan on` and `off`, one at a time (flock on the file): rules first, then `sequence`,
// then the bytes of the sites that are registered.
struct ControlPage {
  uint32_t global;        // 1 = spans of enabled sites are recorded, 0 = none is
  uint32_t sequence;      // counts changes; a futex on which the thread that tends them may sleep
  uint32_t default_on;    // a site's switch where no rule takes it
  uint32_t applied;       // `sequence` when the tending thread last did its work
  SwitchGlob globs[kGlobsMax];
  int64_t next_deadline_realtime_ns;  // earliest of the rules'; 0 = none
  uint32_t tended;        // 1 = a thread of the process tends the switches
  uint32_t patching;      // Patching
  uint32_t patched;       // calls that are patched away now
  uint32_t reserved;
};
enum Patching : uint32_t {
  kPatchingNever = 0,     // bytes are tested
  kPatching = 1,          // calls of sites that are off are patched away
  kPatchingStuck = 2,     // no longer: what is patched away stays so
};
static_assert(sizeof(ControlPage) <= 4096);

constexpr uint64_t chunk_offset(uint32_t chunk) {
  return kChunksOffset + uint64_t{chunk} * kChunkBytes;
}

}  // namespace autospan::ring
