#include <sys/syscall.h>

#include <cstring>

#include "in_situ_bodies.h"
#include "measure.h"

namespace autospan::bench {
namespace {

volatile std::uint64_t g_kept;
const unsigned char kBuffer[48] = {1, 2, 3};
const char kLines[4][32] = {"12,abc,7,\"x,y\",-3", "\"quoted, text\",99", "1,2,3,4,5,6,7,8",
                            "word,word,-12,\"q\""};

template <std::uint64_t (*F)(const unsigned char*, std::size_t)>
void hash(long calls) {
  for (long i = 0; i < calls; ++i) g_kept = F(kBuffer, sizeof kBuffer);
}
template <long (*F)(const char*, std::size_t)>
void parse(long calls) {
  for (long i = 0; i < calls; ++i) {
    const char* line = kLines[(i * 7 >> 2) & 3];
    g_kept = std::uint64_t(F(line, std::strlen(line)));
  }
}
template <void (*F)(std::map<long, long>&, long)>
void insert(long calls) {
  static std::map<long, long> map;
  for (long i = 0; i < calls; ++i) F(map, long(std::uint64_t(i) * 0x9e3779b97f4a7c15u >> 40));
}
template <long (*F)(long)>
void kernel(long calls) {
  for (long i = 0; i < calls; ++i) g_kept = std::uint64_t(F(SYS_getppid));
}

}  // namespace
}  // namespace autospan::bench

int main(int argc, char** argv) {
  using namespace autospan::bench;
  return rows_main(argc, argv,
                   {{"hash_bare", hash<bodies_bare::hash_buffer>},
                    {"hash_clocks", hash<bodies_clocks::hash_buffer>},
                    {"hash_span", hash<bodies_spans::hash_buffer>},
                    {"parse_bare", parse<bodies_bare::parse_line>},
                    {"parse_clocks", parse<bodies_clocks::parse_line>},
                    {"parse_span", parse<bodies_spans::parse_line>},
                    {"map_bare", insert<bodies_bare::insert_key>},
                    {"map_clocks", insert<bodies_clocks::insert_key>},
                    {"map_span", insert<bodies_spans::insert_key>},
                    {"syscall_bare", kernel<bodies_bare::ask_kernel>},
                    {"syscall_clocks", kernel<bodies_clocks::ask_kernel>},
                    {"syscall_span", kernel<bodies_spans::ask_kernel>}});
}
