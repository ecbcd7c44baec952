#include "elf_facts.h"

#include "catch.hpp"
#include "mapped_file.h"

using namespace autospan::cli;

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
  std::string why;
  for (std::size_t bytes = 0; bytes < 200; ++bytes) {
    ElfFacts facts;
    CHECK_FALSE(read_elf_facts(std::string(whole.substr(0, bytes)), facts, why));
  }
  for (std::size_t part = 1; part < 16; ++part) {
    ElfFacts facts;
    read_elf_facts(std::string(whole.substr(0, whole.size() / 16 * part)), facts, why);
  }
}

TEST_CASE("what is no ELF file says so") {
  ElfFacts facts;
  std::string why;
  CHECK_FALSE(read_elf_facts("#!/bin/sh\n", facts, why));
  CHECK(why == "no ELF file");
}
