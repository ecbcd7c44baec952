// Events or links of a batch, found by their span.
#pragma once

#include <algorithm>
#include <cstdint>
#include <tuple>
#include <vector>

#include "autospan/span_data.h"

namespace autospan::wire {

// The items stay where they are and keep their order within a span.
template <typename Item>
class ItemsBySpan {
 public:
  explicit ItemsBySpan(const std::vector<Item>& items) {
    refs_.reserve(items.size());
    for (const Item& item : items) refs_.push_back(&item);
    std::sort(refs_.begin(), refs_.end(), [](const Item* a, const Item* b) {
      return std::tie(a->trace_id, a->parent_id, a) < std::tie(b->trace_id, b->parent_id, b);
    });
  }

  struct Range {
    const Item* const* first;
    const Item* const* last;
    const Item* const* begin() const { return first; }
    const Item* const* end() const { return last; }
    std::size_t size() const { return static_cast<std::size_t>(last - first); }
  };
  Range of(const SpanData& span) const {
    struct Less {
      bool operator()(const Item* i, const SpanData& s) const {
        return std::tie(i->trace_id, i->parent_id) < std::tie(s.trace_id, s.span_id);
      }
      bool operator()(const SpanData& s, const Item* i) const {
        return std::tie(s.trace_id, s.span_id) < std::tie(i->trace_id, i->parent_id);
      }
    };
    const auto [begin, end] = std::equal_range(refs_.begin(), refs_.end(), span, Less());
    const Item* const* const first = refs_.data() + (begin - refs_.begin());
    return {first, first + (end - begin)};
  }

 private:
  std::vector<const Item*> refs_;
};

}  // namespace autospan::wire
