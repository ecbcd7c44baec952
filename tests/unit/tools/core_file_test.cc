// Core files, spelled out byte by byte: what they tell, and that no byte of them is believed.
#include "core_file.h"

#include <elf.h>
#include <signal.h>
#include <sys/procfs.h>

#include <cstring>
#include <random>

#include "catch.hpp"
#include "core_ring.h"

using namespace autospan;
using namespace autospan::cli;

namespace {

template <typename T>
std::string bytes_of(const T& value) {
  return std::string(reinterpret_cast<const char*>(&value), sizeof value);
}

std::string note(std::uint32_t type, const std::string& description) {
  const Elf64_Nhdr head{5, static_cast<Elf64_Word>(description.size()), type};
  std::string out = bytes_of(head) + std::string("CORE\0\0\0\0", 8) + description;
  out.resize((out.size() + 3) & ~std::size_t{3});
  return out;
}

std::string file_note(const std::string& path, std::uint64_t begin, std::uint64_t end) {
  return bytes_of(std::uint64_t{1}) + bytes_of(std::uint64_t{4096}) + bytes_of(begin) +
         bytes_of(end) + bytes_of(std::uint64_t{0}) + path + '\0';
}

struct Segment {
  std::uint64_t address;
  std::string bytes;
};

// Header, program headers, notes, then the segments at page boundaries.
std::string core(const std::string& notes, const std::vector<Segment>& segments) {
  Elf64_Ehdr header{};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_type = ET_CORE;
  header.e_phoff = sizeof header;
  header.e_phentsize = sizeof(Elf64_Phdr);
  header.e_phnum = static_cast<Elf64_Half>(1 + segments.size());
  std::string table, content;
  const std::uint64_t first = sizeof header + header.e_phnum * sizeof(Elf64_Phdr);
  Elf64_Phdr p{};
  p.p_type = PT_NOTE;
  p.p_offset = first;
  p.p_filesz = notes.size();
  table = bytes_of(p);
  content = notes;
  for (const Segment& s : segments) {
    content.resize(((first + content.size() + 4095) & ~std::size_t{4095}) - first);
    p.p_type = PT_LOAD;
    p.p_offset = first + content.size();
    p.p_vaddr = s.address;
    p.p_filesz = p.p_memsz = s.bytes.size();
    table += bytes_of(p);
    content += s.bytes;
  }
  return bytes_of(header) + table + content;
}

std::string status_note(int signal, int pid) {
  prstatus_t status{};
  status.pr_cursig = static_cast<short>(signal);
  status.pr_pid = pid;
  return note(NT_PRSTATUS, bytes_of(status));
}
std::string signal_note(int code, std::uint64_t address) {
  siginfo_t info{};
  info.si_code = code;
  info.si_addr = reinterpret_cast<void*>(address);
  return note(NT_SIGINFO, bytes_of(info));
}
std::string process_note(int pid) {
  prpsinfo_t info{};
  info.pr_pid = pid;
  return note(NT_PRPSINFO, bytes_of(info));
}

// An empty ring of that process, `chunks` of it used.
std::string ring_bytes(std::uint32_t pid, std::uint32_t chunks) {
  ring::FileHeader h{};
  std::memcpy(h.magic, ring::kMagic, sizeof h.magic);
  h.version = ring::kFormatVersion;
  h.slot_bytes = ring::kSlotBytes;
  h.chunk_bytes = ring::kChunkBytes;
  h.chunk_header_bytes = sizeof(ring::ChunkHeader);
  h.thread_header_bytes = sizeof(ring::ThreadHeader);
  h.site_block_bytes = sizeof(ring::SiteBlock);
  h.chunks_offset = ring::kChunksOffset;
  h.sites_max = ring::kSitesMax;
  h.process.pid = pid;
  h.map_bytes = ring::chunk_offset(chunks);
  h.chunks_used = chunks;
  std::string out = bytes_of(h);
  out.resize(ring::chunk_offset(chunks));
  return out;
}

std::string descriptor(std::uint32_t pid, std::uint64_t base, bool in_file, const char* path) {
  ring::CoreDescriptor d{};
  std::memcpy(d.magic, ring::kCoreMagic, sizeof d.magic);
  d.version = ring::kFormatVersion;
  d.bytes = sizeof d;
  d.base = base;
  d.process.pid = pid;
  d.in_file = in_file;
  std::strncpy(d.path, path, sizeof d.path - 1);
  return bytes_of(d);
}

CoreFile read(const std::string& file) {
  CoreFile out;
  std::string why;
  REQUIRE(read_core(file, out, why));
  return out;
}

}  // namespace

TEST_CASE("the notes of a core: process, thread, signal, mapped files") {
  const std::string file =
      core(status_note(SIGSEGV, 77) + status_note(SIGSEGV, 78) + process_note(42) +
               signal_note(SEGV_MAPERR, 0x10) + note(NT_FILE, file_note("/a.ring", 4096, 8192)),
           {});
  const CoreFile found = read(file);
  CHECK(found.pid == 42);
  CHECK(found.tid == 77);
  CHECK(found.signal == SIGSEGV);
  CHECK(found.code == SEGV_MAPERR);
  CHECK(found.address == 0x10);
  REQUIRE(found.mappings.size() == 1);
  CHECK(found.mappings[0].path == "/a.ring");
  CHECK(found.mappings[0].begin == 4096);
  CHECK(found.damaged + found.missing == 0);
  CHECK(is_core(file));
}

TEST_CASE("gcore's stop is no death") {
  const std::string file = core(status_note(SIGTRAP, 77), {});
  CHECK(read(file).signal == 0);
}

TEST_CASE("memory is copied from every segment that holds some of it") {
  const std::string file =
      core("", {{0x1000, std::string(16, 'a')}, {0x1010, std::string(16, 'b')}});
  const CoreFile found = read(file);
  std::string out(24, '.');
  CHECK(copy_memory(found, 0xffc, 24, reinterpret_cast<std::uint8_t*>(out.data())) == 20);
  CHECK(out == "....aaaaaaaaaaaaaaaabbbb");
  CHECK(copy_memory(found, UINT64_MAX - 8, 24, reinterpret_cast<std::uint8_t*>(out.data())) == 0);
}

TEST_CASE("a ring in private memory is found by the descriptor, and without it by its magic") {
  const std::string ring = ring_bytes(42, 3);
  for (const bool described : {true, false}) {
    std::vector<Segment> segments = {{0x10000, std::string(5000, 'x')}, {0x700000, ring}};
    if (described) segments.push_back({0x20000, descriptor(42, 0x700000, false, "")});
    const std::string file = core(process_note(42), segments);
    const CoreRing found = ring_of_core(read(file));
    REQUIRE(found.view);
    CHECK(found.source == drain::Source::kCopy);
    CHECK(found.view->chunk_count() == 3);
    CHECK(found.damaged == 0);
  }
}

TEST_CASE("another process's descriptor leads nowhere, and a missing file is named") {
  const std::string other = core(process_note(41), {{0x20000, descriptor(42, 0, true, "/x.ring")}});
  CHECK(ring_of_core(read(other)).why.find("not traced") != std::string::npos);
  const std::string gone =
      core(process_note(42), {{0x20000, descriptor(42, 0x700000, true, "/nonexistent/x.ring")}});
  const CoreRing found = ring_of_core(read(gone));
  CHECK_FALSE(found.view);
  CHECK(found.why.find("/nonexistent/x.ring") != std::string::npos);
}

TEST_CASE("a core cut short tells how much is missing and what is left of the ring") {
  std::string file = core(process_note(42), {{0x20000, descriptor(42, 0x700000, false, "")},
                                             {0x700000, ring_bytes(42, 3)}});
  file.resize(file.size() - 20'000);
  const CoreRing found = ring_of_core(read(file));
  REQUIRE(found.view);
  CHECK(found.damaged == 2);
  REQUIRE(found.damage.size() == 2);
  CHECK(found.damage[0] == "the core file is cut short: 20000 bytes are missing");
}

TEST_CASE("any byte of a core may be anything, and it may end anywhere") {
  const std::string whole =
      core(status_note(SIGSEGV, 77) + process_note(42) + signal_note(SEGV_MAPERR, 0x10) +
               note(NT_FILE, file_note("/nonexistent/a.ring", 4096, 8192)),
           {{0x20000, descriptor(42, 0x700000, false, "")}, {0x700000, ring_bytes(42, 2)}});
  std::minstd_rand random(5);
  std::string why;
  for (int round = 0; round < 3000; ++round) {
    std::string hostile = whole;
    for (int i = 0; i < 8; ++i)
      hostile[random() % (round % 2 ? 4096 : hostile.size())] =
          static_cast<char>(random() % 3 ? random() : 0xff);
    if (round % 3 == 0) hostile.resize(random() % hostile.size());
    CoreFile found;
    if (!read_core(hostile, found, why)) continue;
    const CoreRing ring = ring_of_core(found);
    if (ring.view) {
      drain::ProcessDump dump = drain::read_dump(*ring.view, ring.source);
      add_signal_of_core(found, *ring.view, dump);
    }
  }
  SUCCEED("no crash, no hang");
}
