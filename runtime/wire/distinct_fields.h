// Which fields of a range go on the wire: of each key the last one, once. A key that would
// overwrite one of ours counts under the name it gets (`app.<key>`).
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "autospan/span_data.h"

namespace autospan::wire {

// A field's name on the wire, without building it: an optional "app." and the key.
struct WireKey {
  static constexpr std::string_view kPrefix = "app.";
  bool prefixed;
  std::string_view key;

  static WireKey of(std::string_view key);
  std::size_t size() const { return key.size() + (prefixed ? kPrefix.size() : 0); }
  friend bool operator==(const WireKey& a, const WireKey& b);
  friend bool operator<(const WireKey& a, const WireKey& b);
};

class DistinctFields {
 public:
  // Afterwards keeps(i) and key(i) answer for fields[i]. Reuses its storage from span to span.
  void look_at(const Field* fields, std::size_t count);
  bool keeps(std::size_t i) const { return keeps_[i] != 0; }
  const WireKey& key(std::size_t i) const { return keys_[i]; }
  bool has(std::string_view key) const;
  bool cut() const { return cut_; }  // a key was too long

 private:
  std::string_view readable(std::string_view key);
  void keep_last_of_few();
  void keep_last_of_many();

  std::vector<WireKey> keys_;
  std::vector<std::uint8_t> keeps_;
  std::vector<std::uint32_t> order_;
  std::deque<std::string> repaired_;  // what keys_ may point into
  bool cut_ = false;
};

}  // namespace autospan::wire
