#include "drain/ready_site.h"

#include <fmt/format.h>

#include <atomic>

#include "autospan/abi.h"
#include "drain/values.h"

namespace autospan::drain {
namespace {

// A shape tells of a word, of a text, of one after the other.
std::uint32_t shapes_of(const std::vector<const ring::Param*>& data) {
  std::uint32_t shapes = 1u << ring::kShapeNone;
  if (data.empty()) return shapes;
  const bool text = is_text(data[0]->type);
  shapes |= 1u << (text ? ring::kShapeText : ring::kShapeWord);
  if (data.size() > 1 && !text)
    shapes |= 1u << (is_text(data[1]->type) ? ring::kShapeWordText : ring::kShapeTwoWords);
  return shapes;
}

}  // namespace

ReadySites::ReadySites() : table_(key_of_param) {}

const ReadySite* ReadySites::make(const ring::Site& site) {
  static std::atomic<std::uint64_t> numbers{0};
  ReadySite& ready = ready_.emplace_back();
  ready.site = &site;
  if (site.span_kind <= AUTOSPAN_KIND_CONSUMER) ready.kind = SpanKind(site.span_kind);
  ready.shared.number = numbers.fetch_add(1, std::memory_order_relaxed) + 1;
  ready.texts.reserve(site.params.size());  // they stay where they are
  for (const ring::Param& param : site.params) {
    if (carries_data(param.type)) {
      ready.data.push_back(&param);
      if (!param.key.empty()) ready.shared.keys.push_back(param.key);
      continue;
    }
    if (site.kind == AUTOSPAN_SITE_FIELD || param.key.empty()) continue;
    ready.texts.push_back(param.type == AUTOSPAN_OPAQUE ? fmt::format("<{}>", param.opaque_type)
                                                        : std::string("[redacted]"));
    ready.constant.push_back({param.key, Value::of(std::string_view(ready.texts.back()))});
  }
  ready.shapes = shapes_of(ready.data);
  // In the order of the fields: what is constant tells least and comes last.
  for (const Field& field : ready.constant) ready.shared.keys.push_back(field.key);
  if (by_id_.size() <= site.id) by_id_.resize(site.id + 1);
  return by_id_[site.id] = &ready;
}

}  // namespace autospan::drain
