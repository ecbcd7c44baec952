// Few fields are compared pair by pair; many (a hostile or a generated span) by sorting.
#include "wire/distinct_fields.h"

#include <algorithm>
#include <numeric>

#include "wire/limits.h"
#include "wire/utf8.h"
#include "wire/wire_names.h"

namespace autospan::wire {
namespace {
constexpr std::size_t kFew = 24;  // pairs of lengths to compare stay under 300
}

WireKey WireKey::of(std::string_view key) { return {is_wire_name(key), key}; }

bool operator==(const WireKey& a, const WireKey& b) {
  if (a.size() != b.size()) return false;
  if (a.prefixed == b.prefixed) return a.key == b.key;
  const std::string_view bare = a.prefixed ? a.key : b.key;
  const std::string_view full = a.prefixed ? b.key : a.key;
  return full.substr(0, WireKey::kPrefix.size()) == WireKey::kPrefix &&
         full.substr(WireKey::kPrefix.size()) == bare;
}

bool operator<(const WireKey& a, const WireKey& b) {
  if (a.prefixed == b.prefixed) return a.key < b.key;
  if (b.prefixed) {
    const int start = a.key.compare(0, WireKey::kPrefix.size(), WireKey::kPrefix);
    return start != 0 ? start < 0 : a.key.substr(WireKey::kPrefix.size()) < b.key;
  }
  const int start = b.key.compare(0, WireKey::kPrefix.size(), WireKey::kPrefix);
  return start != 0 ? start > 0 : a.key < b.key.substr(WireKey::kPrefix.size());
}

void DistinctFields::look_at(const Field* fields, std::size_t count) {
  if (!repaired_.empty()) repaired_.clear();
  cut_ = false;
  keys_.resize(count);
  for (std::size_t i = 0; i < count; ++i) keys_[i] = WireKey::of(readable(fields[i].key));
  keeps_.assign(count, 1);
  if (count <= kFew)
    keep_last_of_few();
  else
    keep_last_of_many();
}

std::string_view DistinctFields::readable(std::string_view key) {
  constexpr std::size_t kKeyBytesMax = kTextBytesMax - WireKey::kPrefix.size();
  const bool too_long = key.size() > kKeyBytesMax;
  if (!too_long && is_ascii(key)) return key;
  cut_ |= too_long;
  return repaired_.emplace_back(repaired(key, kKeyBytesMax));
}

bool DistinctFields::has(std::string_view key) const {
  const WireKey wanted{false, key};
  for (const WireKey& k : keys_)
    if (k == wanted) return true;
  return false;
}

void DistinctFields::keep_last_of_few() {
  for (std::size_t i = 0; i < keys_.size(); ++i)
    for (std::size_t later = i + 1; later < keys_.size(); ++later)
      if (keys_[i] == keys_[later]) {
        keeps_[i] = 0;
        break;
      }
}

void DistinctFields::keep_last_of_many() {
  order_.resize(keys_.size());
  std::iota(order_.begin(), order_.end(), 0u);
  std::sort(order_.begin(), order_.end(), [this](std::uint32_t a, std::uint32_t b) {
    if (keys_[a] < keys_[b]) return true;
    return !(keys_[b] < keys_[a]) && a < b;
  });
  for (std::size_t i = 0; i + 1 < order_.size(); ++i)
    if (keys_[order_[i]] == keys_[order_[i + 1]]) keeps_[order_[i]] = 0;
}

}  // namespace autospan::wire
