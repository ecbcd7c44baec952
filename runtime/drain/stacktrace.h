// Addresses of a stack → exception.stacktrace, a line a frame, innermost first:
//
//   billing::Charge(int) + 0x2a in /usr/bin/job + 0x1234
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "ring/ring_view.h"

namespace autospan::drain {

// Of one ring. Lines are remembered, files are not.
class Stacktraces {
 public:
  explicit Stacktraces(const ring::RingView& view) : view_(view) {}
  // `bytes`: return addresses, 8 bytes each.
  std::string text(std::string_view bytes);

 private:
  void resolve(std::string_view bytes);

  const ring::RingView& view_;
  std::unordered_map<std::uint64_t, std::string> lines_;
};

}  // namespace autospan::drain
