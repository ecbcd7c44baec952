#include "drain/fields.h"

#include <fmt/format.h>

#include "autospan/abi.h"
#include "drain/values.h"

namespace autospan::drain {
namespace {

const ring::Param* param_of(const ring::Site* site, std::uint32_t key) {
  const std::uint32_t index = key - ring::kKeyParam;
  return site && index < site->params.size() ? &site->params[index] : nullptr;
}

struct Packed {
  std::uint32_t words;  // from cell 0 on
  bool text;            // from cell 1 on, after them
};
constexpr Packed packed_in(std::uint32_t shape) {
  switch (shape) {
    case ring::kShapeWord: return {1, false};
    case ring::kShapeTwoWords: return {2, false};
    case ring::kShapeText: return {0, true};
    case ring::kShapeWordText: return {1, true};
    default: return {0, false};
  }
}

}  // namespace

bool FieldMaker::append(const ReadySite* site, const ring::Slot* slots, std::uint32_t cells,
                        bool& truncated) {
  const std::uint64_t head = slots->head;
  bool sound;
  if (site)
    sound = append_packed(*site, head, slots->payload, cells, truncated);
  else
    sound = ring::shape_cells(head) == 0;
  if (sound && head & ring::kHeadMore)
    sound = append_tagged(site ? site->site : nullptr,
                          PayloadReader(slots->payload, cells, ring::shape_cells(head)), truncated);
  append_constant(site);
  return sound;
}

bool FieldMaker::append(const ReadySite* site, PayloadReader payload, bool& truncated) {
  const bool sound = append_tagged(site ? site->site : nullptr, payload, truncated);
  append_constant(site);
  return sound;
}

// The first params that carry data have their values here.
bool FieldMaker::append_packed(const ReadySite& site, std::uint64_t head,
                               const std::uint64_t* cells, std::uint32_t count, bool& truncated) {
  const Packed packed = packed_in(ring::head_shape(head));
  for (std::uint32_t i = 0; i < packed.words; ++i) {
    if (i >= site.data.size() || is_text(site.data[i]->type) || i >= count) return false;
    const ring::Param& param = *site.data[i];
    truncated |= (param.flags & AUTOSPAN_TRUNCATED) != 0;
    append_word(batch_, param, cells[i]);
  }
  if (!packed.text) return true;
  if (packed.words >= site.data.size() || !is_text(site.data[packed.words]->type)) return false;
  const ring::Param& param = *site.data[packed.words];
  const std::uint32_t length = ring::head_text(head);
  if (length > ring::kStringBytesMax || ring::shape_cells(head) > count) return false;
  truncated |= param.flags & AUTOSPAN_TRUNCATED || head & ring::kHeadTruncated;
  append_text(batch_, param, {reinterpret_cast<const char*>(cells + 1), length});
  return true;
}

bool FieldMaker::append_tagged(const ring::Site* site, PayloadReader payload, bool& truncated) {
  Entry entry;
  while (payload.next(entry)) append(site, entry, truncated);
  return !payload.damaged();
}

void FieldMaker::append_constant(const ReadySite* site) {
  if (site && !site->constant.empty())
    batch_.fields.insert(batch_.fields.end(), site->constant.begin(), site->constant.end());
}

// Spans too short to be kept: rollup.<name>.count, .sum_ms, .max_ms of their parent.
void FieldMaker::append_fold(const Entry& entry) {
  const ring::Site* site = entry.key == ring::kKeyFoldOther ? nullptr : sites_.find(entry.key);
  const std::string prefix =
      fmt::format("rollup.{}.", site ? std::string_view(site->name) : std::string_view("other"));
  const auto add = [&](const char* what, Value value) {
    batch_.fields.push_back({batch_.arena.keep(prefix + what), value});
  };
  const auto ms = [&](std::uint64_t ticks) {
    return Value::of(double(clock_.length_ns(ticks)) / 1e6);
  };
  add("count", Value::of(entry.fold[0]));
  add("sum_ms", ms(entry.fold[1]));
  add("max_ms", ms(entry.fold[2]));
}

void FieldMaker::append(const ring::Site* site, Entry& entry, bool& truncated) {
  if (entry.value.flags & AUTOSPAN_TRUNCATED) truncated = true;
  if (entry.fold) return append_fold(entry);
  switch (entry.key) {
    case ring::kKeyInline:
      append_value(batch_, batch_.arena.keep(entry.inline_key), entry.value);
      return;
    case ring::kKeyExceptionType:
      batch_.fields.push_back({"exception.type", Value::of(demangled(batch_, entry.value.bytes))});
      return;
    case ring::kKeyExceptionMessage:
      batch_.fields.push_back({"exception.message", Value::of(batch_.arena.keep(entry.value.bytes))});
      return;
    case ring::kKeyCpu:
      batch_.fields.push_back({kCpuMs, Value::of(double(entry.value.word) / 1e6)});
      return;
    case ring::kKeyCpuStart:
      return;  // of a frame that is still open
    case ring::kKeyReturn:
      append_value(batch_, "return", entry.value);
      return;
    default: break;
  }
  if (entry.key & ring::kKeyParam) {
    if (!entry.value.param) entry.value.param = param_of(site, entry.key);
    if (entry.value.param) append_param(batch_, *entry.value.param, entry.value);
    return;
  }
  const ring::Site* key = sites_.find(entry.key);
  if (!key || key->params.empty()) return;
  entry.value.param = &key->params[0];
  append_param(batch_, key->params[0], entry.value);
}

}  // namespace autospan::drain
