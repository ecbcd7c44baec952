#include "elf_facts.h"

#include <elf.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>

#include "catch.hpp"
#include "mapped_file.h"

using namespace autospan::cli;

namespace {

// Bytes that end where memory does: who reads past them is killed.
class AtTheEdge {
 public:
  explicit AtTheEdge(std::size_t most)
      : room_((most + kPage - 1) / kPage * kPage),
        base_(static_cast<char*>(mmap(nullptr, room_ + kPage, PROT_READ | PROT_WRITE,
                                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))) {
    mprotect(base_ + room_, kPage, PROT_NONE);
  }
  ~AtTheEdge() { munmap(base_, room_ + kPage); }
  std::string_view put(std::string_view bytes) {
    char* const begin = base_ + room_ - bytes.size();
    std::memcpy(begin, bytes.data(), bytes.size());
    return {begin, bytes.size()};
  }

 private:
  static constexpr std::size_t kPage = 65'536;
  const std::size_t room_;
  char* const base_;
};

}  // namespace

TEST_CASE("this test's own file is an ELF file that nothing instrumented") {
  MappedFile file;
  ElfFacts facts;
  std::string why;
  REQUIRE(file.open("/proc/self/exe"));

  REQUIRE(read_elf_facts(file.bytes(), facts, why));

  CHECK(std::find(facts.needed.begin(), facts.needed.end(), "libc.so.6") != facts.needed.end());
  CHECK(facts.abi_wanted.empty());
}

TEST_CASE("an ELF file cut short anywhere is refused or read, never past its end") {
  MappedFile file;
  REQUIRE(file.open("/proc/self/exe"));
  const std::string_view whole = file.bytes();
  AtTheEdge edge(whole.size());
  std::string why;
  for (std::size_t bytes = 0; bytes < 200; ++bytes) {
    ElfFacts facts;
    CHECK_FALSE(read_elf_facts(edge.put(whole.substr(0, bytes)), facts, why));
  }
  // Section headers come last: a cut within them leaves names and tables that lie beyond the end.
  for (std::size_t part = 1; part < 16; ++part) {
    ElfFacts facts;
    CHECK_FALSE(read_elf_facts(edge.put(whole.substr(0, whole.size() / 16 * part)), facts, why));
    CHECK(why == "an ELF file without section headers");
  }
  ElfFacts all, some;
  REQUIRE(read_elf_facts(edge.put(whole), all, why));
  CHECK(all.needed.size() > 1);
  REQUIRE(read_elf_facts(edge.put(whole.substr(0, whole.size() - 1)), some, why));
}

TEST_CASE("an ELF file whose sections lie about where they are is read no further than it goes") {
  MappedFile file;
  REQUIRE(file.open("/proc/self/exe"));
  std::string lying(file.bytes());
  Elf64_Ehdr header;
  std::memcpy(&header, lying.data(), sizeof header);
  const auto lie = [&](auto change) {
    std::string bytes = lying;
    for (unsigned i = 0; i < header.e_shnum; ++i) {
      Elf64_Shdr section;
      char* const at = bytes.data() + header.e_shoff + i * sizeof section;
      std::memcpy(&section, at, sizeof section);
      change(section);
      std::memcpy(at, &section, sizeof section);
    }
    AtTheEdge edge(bytes.size());
    ElfFacts facts;
    std::string why;
    CHECK(read_elf_facts(edge.put(bytes), facts, why));
    return facts;
  };
  CHECK(lie([](Elf64_Shdr& s) { s.sh_size += 1u << 30; }).needed.empty());
  CHECK(lie([&](Elf64_Shdr& s) { s.sh_size = lying.size(); }).needed.empty());
  CHECK(lie([](Elf64_Shdr& s) { s.sh_offset = ~std::uint64_t{0} - 16; }).needed.empty());
  CHECK(lie([](Elf64_Shdr& s) { s.sh_link = 60'000; }).needed.empty());
  CHECK_FALSE(lie([](Elf64_Shdr&) {}).needed.empty());
}

TEST_CASE("what is no ELF file says so") {
  ElfFacts facts;
  std::string why;
  CHECK_FALSE(read_elf_facts("#!/bin/sh\n", facts, why));
  CHECK(why == "no ELF file");
}
