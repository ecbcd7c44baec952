#include "elf/elf_symbols.h"

#include <link.h>

#include <random>

#include "catch.hpp"
#include "fault_frame.h"
#include "mapped_file.h"

using namespace autospan::cli;
using namespace autospan::elf;

namespace billing {
[[gnu::noinline]] int a_function_of_this_test(int by) { return by + 1; }
}  // namespace billing

namespace {

std::uint64_t bias() {
  std::uint64_t of_program = 0;
  dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t, void* out) {
        *static_cast<std::uint64_t*>(out) = info->dlpi_addr;
        return 1;  // the program comes first
      },
      &of_program);
  return of_program;
}

const std::uint64_t kHere = reinterpret_cast<std::uint64_t>(&billing::a_function_of_this_test);

}  // namespace

TEST_CASE("an address of this program is found by name, demangled") {
  MappedFile file;
  REQUIRE(file.open("/proc/self/exe"));
  const ElfFunction found = function_at(file.bytes(), kHere + 3 - bias());
  CHECK(demangled(found.name) == "billing::a_function_of_this_test(int)");
  CHECK(found.offset == 3);
  CHECK(function_at(file.bytes(), 0).name.empty());
  CHECK(demangled("main") == "main");
  CHECK(demangled("_Znonsense") == "_Znonsense");
}

TEST_CASE("a frame is named only in the file that ran") {
  MappedFile file;
  REQUIRE(file.open("/proc/self/exe"));
  autospan::drain::FatalSignal fatal;
  fatal.pc = kHere + 3;
  fatal.module = autospan::drain::LoadedModule{"/proc/self/exe", build_id_of(file.bytes()), bias(),
                                               bias(), bias() + file.bytes().size()};
  REQUIRE_FALSE(fatal.module->build_id.empty());

  CHECK(fault_frame(fatal).function == "billing::a_function_of_this_test(int)");
  fatal.module->build_id[0] ^= 1;
  CHECK(fault_frame(fatal).function.empty());
  CHECK(fault_frame(fatal).offset == fatal.pc - bias());
  fatal.module->build_id.clear();
  CHECK(fault_frame(fatal).function.empty());
  fatal.module.reset();
  CHECK(fault_place(fault_frame(fatal), 0x1234) == "0x1234, in no module");
}

TEST_CASE("symbol tables are not believed") {
  MappedFile file;
  REQUIRE(file.open("/proc/self/exe"));
  std::string hostile(file.bytes().substr(0, 1 << 20));
  std::minstd_rand random(3);
  for (int round = 0; round < 50; ++round) {
    for (int i = 0; i < 100; ++i)
      hostile[random() % (i % 2 ? 64 : hostile.size())] = static_cast<char>(random());
    build_id_of(hostile);
    function_at(hostile, random());
    hostile.replace(0, 64, file.bytes().substr(0, 64));
  }
  SUCCEED("no crash, no hang");
}
