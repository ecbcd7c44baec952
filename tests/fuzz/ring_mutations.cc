// Rings of every kind of wrongness through all that `dump` does with one: no crash, no hang, and what the
// wrongness did not touch is read. Half of the mutants are of random bytes; the other half hold together
// at the first look, and lie: counts, offsets, sequences, strings.
//
//   ring_mutations MAKER [COUNT [SEED]]
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "drain/dump.h"
#include "dump_text.h"
#include "dump_wire.h"
#include "ring/format.h"

namespace {

using namespace autospan;
using ring::ChunkHeader;
using ring::FileHeader;
using ring::Slot;

constexpr int kVariants = 3;
constexpr double kSecondsMax = 20;   // of one mutant: sanitized, on a busy machine
std::minstd_rand g_random;

std::uint64_t any(std::uint64_t below) { return below ? (std::uint64_t(g_random()) << 31 | g_random()) % below : 0; }

// Numbers at the borders of what is right, and far beyond.
std::uint64_t hostile(std::uint64_t was) {
  const std::uint64_t edges[] = {0,          1,          was + 1,        was - 1,         ~std::uint64_t{0},
                                 0x7fffffff, 0x80000000, 0xffffffff,     0xffff,          0x3fff,
                                 16384,      16320,      was ^ 1u << 16, was | 1ull << 40, 0x7fffffffffffffff,
                                 any(64),    any(16384), any(1u << 20),  any(~0ull)};
  return edges[any(std::size(edges))];
}

template <class T>
void spoil(T& field) { field = T(hostile(std::uint64_t(field))); }

struct Base {
  std::vector<std::uint8_t> bytes;             // up to the last chunk in use
  std::vector<std::uint32_t> free_to_spoil;    // chunks that are not the witness's, nor hold sites
  std::vector<std::string> witness;
};

class Ring {
 public:
  explicit Ring(std::vector<std::uint8_t> bytes)
      : bytes_(bytes.size()),
        base_(static_cast<std::uint8_t*>(std::aligned_alloc(4096, (bytes_ + 4095) & ~std::size_t{4095}))) {
    std::memcpy(base_, bytes.data(), bytes_);
  }
  ~Ring() { std::free(base_); }
  Ring(const Ring&) = delete;
  Ring& operator=(const Ring&) = delete;

  std::uint8_t* base() { return base_; }
  std::size_t bytes() const { return bytes_; }
  FileHeader& header() { return *reinterpret_cast<FileHeader*>(base_); }
  std::uint32_t chunks() const { return std::uint32_t((bytes_ - ring::kChunksOffset) / ring::kChunkBytes); }
  ChunkHeader& chunk(std::uint32_t i) { return *reinterpret_cast<ChunkHeader*>(base_ + ring::chunk_offset(i)); }
  Slot* slots(std::uint32_t i) { return reinterpret_cast<Slot*>(base_ + ring::chunk_offset(i)); }
  std::uint8_t* inside(std::uint32_t i) { return base_ + ring::chunk_offset(i); }

 private:
  std::size_t bytes_;
  std::uint8_t* base_;
};

// --- structured wrongness -----------------------------------------------------------------------

void spoil_header(Ring& r) {
  FileHeader& h = r.header();
  switch (any(10)) {
    case 0: return spoil(h.chunks_used);
    case 1: return spoil(h.chunks_ready);
    case 2: return spoil(h.site_count);
    case 3: return spoil(h.texts[any(ring::kTexts)].offset);
    case 4: return spoil(h.texts[any(ring::kTexts)].length);
    case 5: return spoil(h.anchors[any(ring::kAnchors)].ticks);
    case 6: return spoil(h.anchors[any(ring::kAnchors)].realtime_ns);
    case 7: return spoil(h.anchors[any(ring::kAnchors)].sequence);
    case 8: return spoil(h.ticks_per_second);
    default: return spoil(h.chunks_max);
  }
}

void spoil_chunk_header(ChunkHeader& c) {
  switch (any(9)) {
    case 0: c.kind = std::uint32_t(any(10)); return;
    case 1: return spoil(c.owner);
    case 2: return spoil(c.epoch);
    case 3: return spoil(c.order);
    case 4: return spoil(c.first_record);
    case 5: return spoil(c.seq_base);
    case 6: return spoil(c.owner_uid);
    case 7: return spoil(c.next);
    default: return spoil(c.used);
  }
}

// The commit word keeps its epoch, or the slot would not be looked at.
void spoil_head(std::uint64_t& head) {
  const std::uint64_t epoch = head >> ring::kHeadEpochShift << ring::kHeadEpochShift;
  std::uint64_t low = head & ~(~std::uint64_t{0} << ring::kHeadEpochShift);
  switch (any(7)) {
    case 0: low = (low & ~std::uint64_t{0x3ffff}) | any(1u << 18); break;             // site
    case 1: low = (low & ~(std::uint64_t{7} << 18)) | any(8) << 18; break;            // shape
    case 2: low = (low & ~(std::uint64_t{7} << 21)) | any(8) << 21; break;            // kind
    case 3: low = (low & ~(std::uint64_t{0x7f} << 24)) | any(128) << 24; break;       // continuation
    case 4: low = (low & ~(std::uint64_t{0x1ff} << 32)) | any(512) << 32; break;      // text
    case 5: low ^= std::uint64_t{1} << any(48); break;
    default: low = any(std::uint64_t{1} << 48); break;
  }
  head = epoch | low;
}

void spoil_slot(Slot& s) {
  switch (any(7)) {
    case 0: return spoil(s.start);
    case 1: return spoil(s.duration);
    case 2: return spoil(s.lineage);
    case 3: return spoil(s.root);
    case 4: return spoil(s.payload[any(ring::kHeadCells)]);
    default: return spoil_head(s.head);
  }
}

// A tag somewhere in a payload: type, length and key lie.
void spoil_tag(Ring& r, std::uint32_t chunk) {
  Slot& s = r.slots(chunk)[1 + any(ring::kSlotsPerChunk - 1)];
  auto* cells = reinterpret_cast<std::uint64_t*>(&s);
  cells[any(8)] = ring::make_tag(std::uint8_t(any(20)), std::uint8_t(any(256)), std::uint32_t(any(65536)),
                                 any(2) ? std::uint32_t(hostile(0)) : ring::kKeyParam + std::uint32_t(any(20)));
}

void spoil_thread(Ring& r, std::uint32_t chunk) {
  auto& t = *reinterpret_cast<ring::ThreadHeader*>(r.inside(chunk) + sizeof(ChunkHeader));
  switch (any(6)) {
    case 0: return spoil(t.uid);
    case 1: return spoil(t.state);
    case 2: return spoil(t.records);
    case 3: return spoil(t.contexts);
    case 4: std::memset(t.name, 0xff, sizeof t.name); return;
    default: return spoil(t.read);
  }
}

void spoil_words(Ring& r, std::uint32_t chunk, std::size_t count) {
  auto* words = reinterpret_cast<std::uint32_t*>(r.inside(chunk));
  for (std::size_t i = 0; i < count; ++i) spoil(words[any(ring::kChunkBytes / 4)]);
}

// Blocks of sites and modules begin with their length; the words behind it are offsets and counts.
void spoil_block(Ring& r, std::uint32_t chunk) {
  auto* begin = r.inside(chunk) + sizeof(ChunkHeader);
  const std::uint32_t used = std::min<std::uint32_t>(r.chunk(chunk).used, ring::kChunkBytes - sizeof(ChunkHeader));
  std::uint32_t at = 0;
  for (std::uint64_t skip = any(20); skip > 0; --skip) {
    std::uint32_t bytes;
    if (at + 64 > used) return;
    std::memcpy(&bytes, begin + at, 4);
    if (bytes < 8 || bytes > used - at) return;
    at += bytes;
  }
  if (at + 64 > used) return;
  for (std::uint64_t i = 1 + any(3); i > 0; --i) spoil(reinterpret_cast<std::uint32_t*>(begin + at)[any(24)]);
}

void spoil_detached(Ring& r, std::uint32_t chunk) {
  auto* frames = reinterpret_cast<ring::DetachedFrame*>(r.slots(chunk) + 1);
  ring::DetachedFrame& f = frames[any(17)];
  f.state = std::uint32_t(any(4));
  switch (any(4)) {
    case 0: return spoil(f.cells);
    case 1: return spoil(f.site);
    case 2: return spoil(f.start);
    default: return spoil(f.payload[any(std::size(f.payload))]);
  }
}

void spoil_structure(Ring& r, std::uint32_t chunk) {
  switch (r.chunk(chunk).kind) {
    case ring::kChunkThread:
      if (any(4) == 0) return spoil_thread(r, chunk);
      break;
    case ring::kChunkSites:
    case ring::kChunkModules:
      if (any(4) != 0) return spoil_block(r, chunk);
      break;
    case ring::kChunkDetached:
      if (any(3) != 0) return spoil_detached(r, chunk);
      break;
    default: break;
  }
  switch (any(8)) {
    case 0: return spoil_chunk_header(r.chunk(chunk));
    case 1: return spoil_tag(r, chunk);
    case 2: return spoil_words(r, chunk, 1 + any(8));
    case 3:  // a chunk twice
      std::memcpy(r.inside(chunk), r.inside(std::uint32_t(any(r.chunks()))), ring::kChunkBytes);
      return;
    default: return spoil_slot(r.slots(chunk)[1 + any(ring::kSlotsPerChunk - 1)]);
  }
}

// --- reading ------------------------------------------------------------------------------------

std::vector<std::string> witness_of(const drain::ProcessDump& dump) {
  std::vector<std::string> out;
  for (const SpanData& span : dump.batch.spans) {
    if (span.name != "witness") continue;
    std::string line(span.span_id.bytes.begin(), span.span_id.bytes.end());
    for (std::uint32_t i = 0; i < span.fields.count; ++i)
      line += std::to_string(dump.batch.fields[span.fields.begin + i].value.integer);
    out.push_back(line);
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::size_t print_all(drain::ProcessDump dump, std::uint64_t which) {
  switch (which % 4) {
    case 0: return cli::dump_json(dump, nullptr).size();
    case 1: return cli::dump_honeycomb(std::move(dump)).size();
    case 2: return cli::dump_otlp(std::move(dump)).size();
    default: return cli::dump_chrome(std::move(dump)).size();
  }
}

Base make_base(const char* maker, int variant) {
  std::string pattern = (std::filesystem::temp_directory_path() / "autospan-ring-XXXXXX").string();
  const std::string directory = mkdtemp(pattern.data());
  const pid_t pid = fork();
  if (pid == 0) {
    setenv("AUTOSPAN_RING_DIR", directory.c_str(), 1);
    setenv("AUTOSPAN_RING_KB", "48", 1);
    setenv("AUTOSPAN_SITE_BUDGET", "off", 1);
    execl(maker, maker, std::to_string(variant).c_str(), nullptr);
    _exit(127);
  }
  int status = 0;
  waitpid(pid, &status, 0);
  Base base;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    std::ifstream file(entry.path(), std::ios::binary);
    base.bytes.resize(ring::kChunksOffset);
    file.read(reinterpret_cast<char*>(base.bytes.data()), std::streamsize(base.bytes.size()));
    FileHeader h;
    std::memcpy(&h, base.bytes.data(), sizeof h);
    base.bytes.resize(ring::chunk_offset(h.chunks_used));
    file.read(reinterpret_cast<char*>(base.bytes.data()) + ring::kChunksOffset,
              std::streamsize(base.bytes.size() - ring::kChunksOffset));
  }
  std::filesystem::remove_all(directory);
  if (base.bytes.empty()) return base;
  Ring r(base.bytes);
  for (std::uint32_t i = 0; i < r.chunks(); ++i)
    if (r.chunk(i).owner_uid != 1 && r.chunk(i).kind != ring::kChunkSites) base.free_to_spoil.push_back(i);
  base.witness = witness_of(drain::read_dump(*ring::RingView::of_memory(r.base(), r.bytes())));
  return base;
}

struct Findings {
  std::uint64_t mutants = 0, witnessed = 0, missing = 0;
  double slowest = 0;
};

void judge(const Base& base, std::uint64_t number, Findings& findings) {
  Ring r(base.bytes);
  // Two thirds leave the witness, and what names it, alone.
  const bool spared = number % 3 != 0;
  const bool structured = number % 2 == 0;
  const auto some_chunk = [&] {
    return spared ? base.free_to_spoil[any(base.free_to_spoil.size())] : std::uint32_t(any(r.chunks()));
  };
  bool claims = false;  // a lie about whose a chunk is may be about the witness's
  for (std::uint64_t i = 1 + any(structured ? 6 : 200); i > 0; --i) {
    if (!spared && any(6) == 0) {
      if (structured) spoil_header(r);
      else r.base()[64 + any(ring::kHeaderTextOffset + 1024 - 64)] = std::uint8_t(any(256));
      continue;
    }
    const std::uint32_t chunk = some_chunk();
    if (structured) spoil_structure(r, chunk);
    else r.inside(chunk)[any(ring::kChunkBytes)] = any(3) ? std::uint8_t(any(256)) : 0xff;
    const ChunkHeader& c = r.chunk(chunk);
    const auto& t = *reinterpret_cast<const ring::ThreadHeader*>(r.inside(chunk) + sizeof c);
    claims |= c.owner_uid == 1 || t.uid == 1 || c.kind == ring::kChunkSites;
  }
  const std::size_t bytes = !spared && any(8) == 0 ? ring::kChunksOffset + any(r.bytes() - ring::kChunksOffset) : r.bytes();
  const auto start = std::chrono::steady_clock::now();
  alarm(unsigned(kSecondsMax) * 6);
  drain::ProcessDump dump = drain::read_dump(*ring::RingView::of_memory(r.base(), bytes));
  if (spared && !claims) {
    ++findings.witnessed;
    const std::vector<std::string> found = witness_of(dump);  // and what now pretends to be one
    if (!std::includes(found.begin(), found.end(), base.witness.begin(), base.witness.end())) {
      ++findings.missing;
      std::printf("mutant %llu: what was intact is not read\n", static_cast<unsigned long long>(number));
    }
  }
  if (number % 5 == 0) print_all(std::move(dump), number / 5);
  alarm(0);
  const double took = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  findings.slowest = std::max(findings.slowest, took);
  ++findings.mutants;
}

std::uint64_t g_now;
void hung(int) {
  char line[64];
  const int n = std::snprintf(line, sizeof line, "mutant %llu hangs\n", static_cast<unsigned long long>(g_now));
  if (write(STDOUT_FILENO, line, std::size_t(n)) < 0) _exit(4);
  _exit(3);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const std::uint64_t count = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 3000;
  const std::uint64_t seed = argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 1;
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  signal(SIGALRM, hung);
  std::vector<Base> bases;
  for (int v = 0; v < kVariants; ++v) {
    bases.push_back(make_base(argv[1], v));
    if (bases.back().witness.size() != 60 || bases.back().free_to_spoil.empty()) {
      std::printf("base ring %d: %zu of 60 witnesses\n", v, bases.back().witness.size());
      return 2;
    }
  }
  Findings findings;
  for (std::uint64_t n = 0; n < count; ++n) {
    g_now = n;
    g_random.seed(unsigned(seed * 1'000'003 + n));  // each can be had again alone
    g_random.discard(3);
    judge(bases[n % kVariants], n, findings);
  }
  std::printf("%llu mutants (seed %llu), %llu with a witness, %llu witnesses missing, slowest %.2f s\n",
              static_cast<unsigned long long>(findings.mutants), static_cast<unsigned long long>(seed),
              static_cast<unsigned long long>(findings.witnessed),
              static_cast<unsigned long long>(findings.missing), findings.slowest);
  return findings.missing || findings.slowest > kSecondsMax ? 1 : 0;
}
