// Times as text, one after the other: mostly one lies in the second of the one before, and only its
// nine digits are new.
#pragma once

#include <cstdint>
#include <cstring>
#include <limits>

#include "wire/digits.h"
#include "wire/time_text.h"

namespace autospan::wire {

class TimeMemory {
 public:
  TimeMemory() { remember(0); }

  // As put_time() writes it.
  char* put(char* p, std::int64_t unix_ns) {
    std::uint64_t ns = static_cast<std::uint64_t>(unix_ns) - static_cast<std::uint64_t>(second_ns_);
    if (ns >= kNsPerSecond) {
      // The seconds at both ends of the range are not in it as a whole.
      if (unix_ns < kFirst || unix_ns > kLast) return put_time(p, unix_ns);
      ns = remember(unix_ns);
    }
    std::memcpy(p, text_, kSecondBytes);
    return put_nine(p + kSecondBytes, static_cast<std::uint32_t>(ns));
  }

 private:
  static constexpr std::int64_t kNsPerSecond = 1'000'000'000;
  static constexpr std::int64_t kFirst = std::numeric_limits<std::int64_t>::min() + kNsPerSecond;
  static constexpr std::int64_t kLast = std::numeric_limits<std::int64_t>::max() - kNsPerSecond;
  static constexpr std::size_t kSecondBytes = 20;  // 2026-11-24T03:11:49.

  static char* put_nine(char* p, std::uint32_t ns) {
    p = put_eight(p, ns / 10);
    *p++ = static_cast<char>('0' + ns % 10);
    *p++ = 'Z';
    return p;
  }
  // How far `unix_ns` lies in its second.
  std::uint64_t remember(std::int64_t unix_ns) {
    put_time(text_, unix_ns);
    std::int64_t ns = unix_ns % kNsPerSecond;
    if (ns < 0) ns += kNsPerSecond;
    second_ns_ = unix_ns - ns;
    return static_cast<std::uint64_t>(ns);
  }

  std::int64_t second_ns_;  // where the second begins …
  char text_[kTimeBytes];   // … and a time that lies in it
};

}  // namespace autospan::wire
