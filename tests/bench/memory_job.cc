// Many live threads, each within a call and some calls deep: the same program, uninstrumented and
// by the plugin. memory_job THREADS prints what it holds then.
#include <fmt/format.h>
#include <pthread.h>
#include <sys/stat.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

#include "measure.h"
#include "own_ring.h"

using autospan::bench::one;
using autospan::bench::print_samples;

static pthread_barrier_t g_all_there, g_all_done;

// --- what the plugin instruments
// --------------------------------------------------------------------
[[gnu::noinline]] static void wait_within(long request) {
  asm volatile("" ::"r"(request));
  pthread_barrier_wait(&g_all_there);
  pthread_barrier_wait(&g_all_done);
}
[[gnu::noinline]] static long handle_part(long request, const char* what) {
  asm volatile("" ::"r"(request), "r"(what) : "memory");
  return request + 1;
}
[[gnu::noinline]] static void handle_request(long request) {
  for (long i = 0; i < 4; ++i) request = handle_part(request, "sixteen bytes txt");
  wait_within(request);
}
// ----------------------------------------------------------------------------------------------------

struct Held {
  double rss = 0, ring_rss = 0, ring_file = 0;
};

static Held held(const autospan::ring::RingView* ring) {
  Held h;
  std::ifstream maps("/proc/self/smaps");
  std::string line;
  bool of_ring = false;
  while (std::getline(maps, line)) {
    long kb = 0;
    if (std::sscanf(line.c_str(), "Rss: %ld kB", &kb) == 1) {
      h.rss += double(kb) * 1024;
      if (of_ring) h.ring_rss += double(kb) * 1024;
    } else if (!line.empty() && std::strchr("0123456789abcdef", line[0]) && line.find('-') < 17) {
      of_ring = line.find(".ring") != std::string::npos;
    }
  }
  struct stat at{};
  if (ring && stat(ring->path().c_str(), &at) == 0) h.ring_file = double(at.st_blocks) * 512;
  return h;
}

int main(int argc, char** argv) {
  const unsigned threads = argc > 1 ? unsigned(std::atoi(argv[1])) : 10'000;
  pthread_barrier_init(&g_all_there, nullptr, threads + 1);
  pthread_barrier_init(&g_all_done, nullptr, threads + 1);
  pthread_attr_t small;
  pthread_attr_init(&small);
  pthread_attr_setstacksize(&small, 64 << 10);
  for (unsigned i = 0; i < threads; ++i) {
    pthread_t thread;
    const int error = pthread_create(
        &thread, &small,
        [](void* n) -> void* {
          handle_request(reinterpret_cast<long>(n));
          return nullptr;
        },
        reinterpret_cast<void*>(long(i)));
    if (error) {
      std::printf("only %u threads: %s\n", i, std::strerror(error));
      std::fflush(stdout);
      std::_Exit(1);
    }
  }
  pthread_barrier_wait(&g_all_there);
  const auto ring = autospan::bench::own_ring();
  const Held h = held(ring.get());
  const double mib = 1 << 20;
  const double refused = ring ? double(ring->header().threads_refused) : 0;
  // What a container is charged: pages of our own, and all of the ring's file, mapped or not.
  print_samples({one("rss", "MiB", h.rss / mib), one("ring_mapped", "MiB", h.ring_rss / mib),
                 one("ring_file", "MiB", h.ring_file / mib),
                 one("charged", "MiB", (h.rss - h.ring_rss + h.ring_file) / mib),
                 one("threads_refused", "threads", refused)});
  std::_Exit(0);
}
