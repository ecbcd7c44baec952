// From a payload to fields of a batch: first the values that the record's shape holds, then its
// tagged entries, at last what is known from the site alone. False where a payload does not hold
// together: what was read of it before stands.
#pragma once

#include "autospan/span_data.h"
#include "drain/stacktrace.h"
#include "drain/clock_map.h"
#include "drain/payload.h"
#include "drain/ready_site.h"

namespace autospan::drain {

class FieldMaker {
 public:
  FieldMaker(SpanBatch& batch, const ring::SiteTable& sites, const ClockMap& clock, Stacktraces& stacks)
      : batch_(batch), sites_(sites), clock_(clock), stacks_(stacks) {}

  // All of a span's payload.
  bool append(const ReadySite* site, const ring::Slot* slots, std::uint32_t cells,
              bool& truncated);
  // Of one that holds tagged entries only.
  bool append(const ReadySite* site, PayloadReader payload, bool& truncated);
  void append(const ring::Site* site, Entry& entry, bool& truncated);

 private:
  bool append_packed(const ReadySite& site, std::uint64_t head, const std::uint64_t* cells,
                     std::uint32_t count, bool& truncated);
  void append_word(const ring::Param& param, std::uint64_t word, bool& truncated);
  void append_text(const ring::Param& param, std::string_view bytes, bool& truncated);
  bool append_tagged(const ring::Site* site, PayloadReader payload, bool& truncated);
  void append_constant(const ReadySite* site);
  void append_fold(const Entry& entry);

  SpanBatch& batch_;
  std::size_t begin_ = 0;  // of this payload's fields
  const ring::SiteTable& sites_;
  const ClockMap& clock_;
  Stacktraces& stacks_;
};

// The key of a span's processor time, told by its address: a param may be called the same.
inline constexpr std::string_view kCpuMs = "cpu_ms";

}  // namespace autospan::drain
