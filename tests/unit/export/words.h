// The vocabulary of the export tests: spans by number, a variable table, an answer to send.
#pragma once

#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "../wire/samples.h"
#include "export/pipeline.h"
#include "export/transport.h"

namespace words {

using namespace autospan;
using namespace autospan::delivery;

using Variables = std::map<std::string, std::string>;

inline Environment environment(Variables variables) {
  auto table = std::make_shared<Variables>(std::move(variables));
  return [table](const char* name) -> const char* {
    const auto at = table->find(name);
    return at == table->end() ? nullptr : at->second.c_str();
  };
}

inline SpanId numbered_id(std::uint64_t n) {
  SpanId id;
  for (int i = 0; i < 8; ++i) id.bytes[7 - i] = static_cast<std::uint8_t>(n >> (8 * i));
  id.bytes[0] = 0xab;
  return id;
}

// A root and its children, one trace.
inline SpanBatch spans(std::size_t count, const std::string& service = "saas-update",
                       std::uint64_t first = 0) {
  SpanBatch batch;
  batch.resource = samples::resource(service);
  for (std::size_t i = 0; i < count; ++i) {
    SpanData span;
    span.trace_id = samples::trace_id(0x40);
    span.span_id = numbered_id(first + i);
    if (first + i != 0)
      span.parent_id = numbered_id(0);
    else
      span.local_root = true;
    span.name = first + i == 0 ? "start" : "Update";
    span.start_unix_ns = 1'795'489'909'061'519'157 + static_cast<std::int64_t>(i);
    span.duration_ns = 1'000'000;
    batch.spans.push_back(span);
  }
  return batch;
}

inline Answer answer(int status, std::string body = {}, std::string retry_after = {}) {
  Answer a;
  a.outcome = Answer::Outcome::kAnswered;
  a.http_status = status;
  a.body = std::move(body);
  a.retry_after = std::move(retry_after);
  return a;
}

// 200 with these statuses.
inline Answer statuses(const std::vector<int>& each) {
  std::string body = "[";
  for (std::size_t i = 0; i < each.size(); ++i)
    body += (i ? "," : "") + std::string("{\"status\":") + std::to_string(each[i]) + "}";
  return answer(200, body + "]");
}
inline Answer all_accepted(std::size_t count) { return statuses(std::vector<int>(count, 202)); }

inline Answer failure(Answer::Outcome outcome, std::string error = "no route") {
  Answer a;
  a.outcome = outcome;
  a.error = std::move(error);
  return a;
}

inline std::uint64_t outcomes(const ExportStats& s) {
  return s.accepted + s.rejected + s.dropped_queue_full + s.dropped_send_failed +
         s.dropped_too_large + s.dropped_exit + s.dropped_write_failed + s.capped;
}

}  // namespace words
