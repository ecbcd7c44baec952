// The sites of a ring, read from its blocks: names, signatures, params. Grows while the process
// lives; what was handed out keeps its address as long as the table.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "ring/ring_view.h"

namespace autospan::ring {

struct Param {
  std::string name;
  std::string key;           // what its fields are called: the name, or what KeyOf makes of it
  std::string opaque_type;   // OPAQUE: what its value shows
  std::vector<std::pair<std::int64_t, std::string>> enums;
  std::uint8_t type = 0, flags = 0;
};

struct Site {
  std::uint32_t id = 0;
  std::uint8_t kind = 0, flags = 0, span_kind = 0;
  std::uint32_t line = 0;
  std::string name, function, file, service;
  std::vector<Param> params;
};

// A reader's rule for the keys of fields, asked once a param.
using KeyOf = std::string (*)(const Param& param);

class SiteTable {
 public:
  explicit SiteTable(KeyOf key_of = nullptr) : key_of_(key_of) {}

  // Reads what was added since the last call. Blocks that do not hold together are counted and
  // end the reading of their chunk.
  void update(const RingView& view);
  // Null = unknown; of two with one id the later counts (a child's, after fork).
  const Site* find(std::uint32_t id) const {
    return id < by_id_.size() ? by_id_[id] : nullptr;
  }
  std::uint32_t damaged() const { return damaged_; }

 private:
  void read_chunk(const RingView& view, std::uint32_t chunk);
  void add(Site site);

  KeyOf key_of_;
  std::deque<Site> sites_;
  std::vector<const Site*> by_id_;
  std::vector<std::uint32_t> read_;   // bytes read of each chunk
  std::uint32_t damaged_ = 0;
};

}  // namespace autospan::ring
