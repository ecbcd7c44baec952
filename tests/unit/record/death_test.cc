// The flight recorder: what is there after the process has died, or while it lives.
#include <autospan/trace.h>
#include <sys/mman.h>

#include <cstring>
#include <fstream>
#include <random>
#include <thread>

#include "catch.hpp"
#include "recorded_child.h"

using namespace autospan::test;

TEST_CASE("kill -9 leaves every completed span and the open stack with its arguments") {
  RecordedChild child;
  const int status = child.run([] {
    TRACE_SPAN("job", "id", 1);
    for (int i = 0; i < 100; ++i) { TRACE_SPAN("done", "i", i); }
    TRACE_SPAN("UpdateSalesforce", "user", "ada@example.com");
    TRACE_SPAN("request", "attempt", 3);
    TRACE_FIELD("status", 503);
    raise(SIGKILL);
    return 0;
  });

  CHECK(WTERMSIG(status) == SIGKILL);
  const auto dump = child.dump();
  CHECK(dump.batch.spans.size() == 100);
  CHECK(dump.lost == 0);
  CHECK(dump.damaged == 0);
  REQUIRE(dump.open.size() == 3);
  CHECK(dump.open[0].span.name == "job");
  CHECK(dump.open[1].span.name == "UpdateSalesforce");
  CHECK(dump.open[2].span.name == "request");
  CHECK(dump.open[2].span.parent_id == dump.open[1].span.span_id);
  CHECK(dump.open[2].depth == 2);
  const std::string drawn = draw(dump);
  CHECK(drawn.find("  UpdateSalesforce user=ada@example.com …\n"
                   "    request attempt=3 status=503 …\n") != std::string::npos);
}

TEST_CASE("a ring that wraps keeps the newest and knows exactly what it lost") {
  constexpr int kSpans = 20000;
  RecordedChild child;
  child.run(
      [] {
        for (int i = 0; i < kSpans; ++i) { TRACE_SPAN("s", "i", i); }
        return 1;
      },
      {{"AUTOSPAN_RING_KB", "64"}});

  const auto dump = child.dump();
  REQUIRE(!dump.batch.spans.empty());
  CHECK(dump.batch.spans.size() + dump.lost == kSpans);
  CHECK(dump.damaged == 0);
  CHECK(draw_value(dump.batch.fields.back().value) == std::to_string(kSpans - 1));
}

TEST_CASE("killed at a random moment, never a torn record") {
  std::minstd_rand random(7);
  for (int round = 0; round < 20; ++round) {
    auto* count = static_cast<long*>(mmap(nullptr, sizeof(long), PROT_READ | PROT_WRITE,
                                          MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    const unsigned delay_us = random() % 20000;
    RecordedChild child;
    child.run(
        [&] {
          // Attached by the first span, before the clock of the killer starts.
          {
            TRACE_SPAN("s", "i", -1, "text", "0123456789abcdef");
            TRACE_FIELD("j", 1);
          }
          std::thread([&] {
            usleep(delay_us);
            raise(SIGKILL);
          }).detach();
          for (long i = 0;; ++i) {
            {
              TRACE_SPAN("s", "i", i, "text", "0123456789abcdef");
              TRACE_FIELD("j", -i);
            }
            __atomic_store_n(count, i + 1, __ATOMIC_RELAXED);
          }
          return 0;
        },
        {{"AUTOSPAN_RING_KB", "256"}});
    const auto dump = child.dump();
    CHECK(dump.damaged == 0);
    const long completed = *count;
    long expected = -2, last = -1;
    for (const auto& span : dump.batch.spans) {
      const long i = long(dump.batch.fields[span.fields.begin].value.integer);
      if (expected > -2 && i != expected) FAIL("span " << i << " where " << expected << " belongs");
      CHECK(dump.batch.fields[span.fields.begin + 2].value.integer == -i);
      expected = i + 1;
      last = i;
    }
    CHECK(last >= completed - 1);
    CHECK(std::uint64_t(last + 2) == dump.batch.spans.size() + dump.lost);
    munmap(count, sizeof(long));
  }
}

TEST_CASE("a ring cut short, torn or foreign is told apart and never believed") {
  RecordedChild child;
  child.run([] {
    TRACE_SPAN("job");
    for (int i = 0; i < 50; ++i) { TRACE_SPAN("s", "i", i); }
    return 1;
  });
  const std::string ring = child.rings().at(0), copy = ring + ".copy";
  const auto open = [&](autospan::ring::OpenError& error) {
    std::string message;
    auto view = autospan::ring::RingView::open(copy, false, error, message);
    if (!view) CHECK(message.find(copy) != std::string::npos);
    return view;
  };
  const auto rewrite = [&](std::size_t offset, const std::string& bytes) {
    std::filesystem::copy_file(ring, copy, std::filesystem::copy_options::overwrite_existing);
    std::fstream file(copy, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(std::streamoff(offset));
    file.write(bytes.data(), std::streamsize(bytes.size()));
  };
  autospan::ring::OpenError error;

  rewrite(0, "NOTARING");
  CHECK(!open(error));
  CHECK(error == autospan::ring::OpenError::kForeign);

  rewrite(8, std::string("\x63\0\0\0", 4));
  CHECK(!open(error));
  CHECK(error == autospan::ring::OpenError::kForeign);

  for (const std::size_t bytes : {0u, 7u, 100u, 4096u}) {
    rewrite(0, "AUTOSPAN");
    std::filesystem::resize_file(copy, bytes);
    CHECK(!open(error));
    CHECK(error == autospan::ring::OpenError::kTruncated);
  }

  std::filesystem::resize_file(copy, 0);
  rewrite(0, "AUTOSPAN");
  std::filesystem::resize_file(copy, autospan::ring::chunk_offset(1));
  const auto cut = open(error);
  REQUIRE(cut);
  autospan::drain::read_dump(*cut);  // whatever it says, it comes back
}

TEST_CASE("any byte of a ring may be anything") {
  RecordedChild child;
  child.run([] {
    TRACE_SPAN("job", "name", "text");
    for (int i = 0; i < 300; ++i) { TRACE_SPAN("s", "i", i, "t", std::string(100, 't')); }
    raise(SIGKILL);
    return 0;
  });
  const std::string ring = child.rings().at(0);
  std::ifstream file(ring, std::ios::binary);
  std::string bytes(autospan::ring::chunk_offset(12), 0);
  file.read(bytes.data(), std::streamsize(bytes.size()));
  std::minstd_rand random(11);
  for (int round = 0; round < 300; ++round) {
    std::string hostile = bytes;
    for (int i = 0; i < 200; ++i) {
      // The header's checked fields stay, or nothing behind them would be read.
      const std::size_t at = 64 + random() % (hostile.size() - 64);
      const std::size_t in_chunks = autospan::ring::kChunksOffset +
                                    random() % (hostile.size() - autospan::ring::kChunksOffset);
      hostile[i % 4 ? in_chunks : at] = char(random() % 3 ? random() : 0xff);
    }
    auto* memory = static_cast<std::uint8_t*>(aligned_alloc(64, hostile.size()));
    std::memcpy(memory, hostile.data(), hostile.size());
    {
      const auto view = autospan::ring::RingView::of_memory(memory, hostile.size());
      autospan::drain::read_dump(*view);
    }
    free(memory);
  }
  SUCCEED("no crash, no hang");
}
