// Encoded events on their way to one dataset of one endpoint.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "wire/byte_buffer.h"

namespace autospan::delivery {

// Batches never mix destinations: host, key and dataset.
struct Destination {
  std::string url;                   // …/1/batch/<dataset>
  std::vector<std::string> headers;  // the key among them: never in a message
  std::string dataset;
};

struct Batch {
  std::shared_ptr<const Destination> destination;
  wire::ByteBuffer bytes;           // entries joined by commas
  std::vector<std::uint32_t> ends;  // of each entry in `bytes`
  unsigned attempts = 0;            // requests made of it
  bool may_be_there = false;        // an answer was lost: the endpoint may hold these events
  std::chrono::steady_clock::time_point due{};  // not before

  std::size_t count() const { return ends.size(); }
  // In the backlog an event weighs its bytes and its comma; so do the parts of a batch, together.
  std::size_t weight() const { return ends.empty() ? 0 : ends.back() + 1; }
  std::string_view entry(std::size_t i) const {
    const std::size_t begin = i == 0 ? 0 : ends[i - 1] + 1;
    return bytes.view().substr(begin, ends[i] - begin);
  }
  void append(std::string_view entry) {
    open_entry();
    bytes.append(entry);
    close_entry();
  }
  // Or written into `bytes` in between.
  void open_entry() {
    if (!ends.empty()) bytes.push(',');
  }
  void close_entry() { ends.push_back(static_cast<std::uint32_t>(bytes.size())); }
  void drop_entry() { bytes.shorten(ends.empty() ? 0 : ends.back()); }
  // A batch of the entries [first, last), with this one's history.
  Batch part(std::size_t first, std::size_t last) const;
};

// The request body: '[' … ']', every event marked meta.autospan.resent where it may be there twice.
void append_body(wire::ByteBuffer& out, const Batch& batch);

}  // namespace autospan::delivery
