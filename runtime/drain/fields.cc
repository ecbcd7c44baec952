#include "drain/fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "autospan/abi.h"
#include "drain/values.h"

namespace autospan::drain {
namespace {

const ring::Param* param_of(const ring::Site* site, std::uint32_t key) {
  const std::uint32_t index = key - ring::kKeyParam;
  return site && index < site->params.size() ? &site->params[index] : nullptr;
}

template <class T>
T bits(std::uint64_t word) {
  T value;
  std::memcpy(&value, &word, sizeof value);
  return value;
}

}  // namespace

// The types that most params have, without a detour.
[[gnu::always_inline]] inline void FieldMaker::append_word(const ring::Param& param, std::uint64_t word,
                                    bool& truncated) {
  truncated |= (param.flags & AUTOSPAN_TRUNCATED) != 0;
  if (param.key.empty()) return;
  const auto add = [&](Value value) {
    Field& field = batch_.fields.emplace_back();
    field.key = param.key;
    field.value = value;
  };
  switch (param.type) {
    case AUTOSPAN_BOOL: return add(Value::of(word != 0));
    case AUTOSPAN_I64: return add(Value::of(std::int64_t(word)));
    case AUTOSPAN_U64: return add(Value::of(word));
    case AUTOSPAN_F64: return add(Value::of(bits<double>(word)));
    default: return append_param(batch_, param, {param.type, 0, word, {}, &param});
  }
}

[[gnu::always_inline]] inline void FieldMaker::append_text(const ring::Param& param, std::string_view bytes,
                                    bool& truncated) {
  truncated |= (param.flags & AUTOSPAN_TRUNCATED) != 0;
  if (param.key.empty()) return;
  Field& field = batch_.fields.emplace_back();
  field.key = param.key;
  field.value.type = param.type == AUTOSPAN_JSON ? Value::Type::kJson : Value::Type::kText;
  field.value.text = batch_.arena.keep(bytes);
}

// The first params that carry data have their values here.
inline bool FieldMaker::append_packed(const ReadySite& site, std::uint64_t head,
                               const std::uint64_t* cells, std::uint32_t count, bool& truncated) {
  const std::uint32_t shape = ring::head_shape(head), length = ring::head_text(head);
  if (shape == ring::kShapeNone || shape > ring::kShapeWordText) return true;
  if (!(site.shapes >> shape & 1) || length > ring::kStringBytesMax ||
      ring::shape_cells(head) > count)
    return false;
  const ring::Param* const* param = site.data.data();
  if (shape != ring::kShapeText) append_word(**param++, cells[0], truncated);
  if (shape == ring::kShapeTwoWords) append_word(**param, cells[1], truncated);
  if (shape == ring::kShapeText || shape == ring::kShapeWordText) {
    truncated |= (head & ring::kHeadTruncated) != 0;
    append_text(**param, {reinterpret_cast<const char*>(cells + 1), length}, truncated);
  }
  return true;
}

bool FieldMaker::append(const ReadySite* site, const ring::Slot* slots, std::uint32_t cells,
                        bool& truncated) {
  begin_ = batch_.fields.size();
  const std::uint64_t head = slots->head;
  bool sound = site ? append_packed(*site, head, slots->payload, cells, truncated)
                    : ring::shape_cells(head) == 0;
  if (sound && head & ring::kHeadMore)
    sound = append_tagged(site ? site->site : nullptr,
                          PayloadReader(slots->payload, cells, ring::shape_cells(head)), truncated);
  append_constant(site);
  return sound;
}

bool FieldMaker::append(const ReadySite* site, PayloadReader payload, bool& truncated) {
  begin_ = batch_.fields.size();
  const bool sound = append_tagged(site ? site->site : nullptr, payload, truncated);
  append_constant(site);
  return sound;
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

// Spans too short to be kept: rollup.<name>.count, .sum_ms, .max_ms of their parent. Places in code
// that go by one name, as a template's instantiations do, are told as one.
void FieldMaker::append_fold(const Entry& entry) {
  const ring::Site* site = entry.key == ring::kKeyFoldOther ? nullptr : sites_.find(entry.key);
  const std::string prefix =
      fmt::format("rollup.{}.", site ? std::string_view(site->name) : std::string_view("other"));
  const auto ms = [&](std::uint64_t ticks) { return double(clock_.length_ns(ticks)) / 1e6; };
  const std::string count = prefix + "count";
  for (std::size_t i = begin_; i + 2 < batch_.fields.size(); ++i) {
    if (batch_.fields[i].key != count || batch_.fields[i].value.type != Value::Type::kUint) continue;
    Value* told[3] = {&batch_.fields[i].value, &batch_.fields[i + 1].value, &batch_.fields[i + 2].value};
    told[0]->unsigned_integer += entry.fold[0];
    told[1]->real += ms(entry.fold[1]);
    told[2]->real = std::max(told[2]->real, ms(entry.fold[2]));
    return;
  }
  const auto add = [&](const std::string& key, Value value) {
    batch_.fields.push_back({batch_.arena.keep(key), value});
  };
  add(count, Value::of(entry.fold[0]));
  add(prefix + "sum_ms", Value::of(ms(entry.fold[1])));
  add(prefix + "max_ms", Value::of(ms(entry.fold[2])));
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
    case ring::kKeyStack:
      batch_.fields.push_back({"exception.stacktrace", Value::of(batch_.arena.keep(stacks_.text(entry.value.bytes)))});
      return;
    case ring::kKeyErrorMessage:
      batch_.fields.push_back({"error.message", Value::of(batch_.arena.keep(entry.value.bytes))});
      return;
    case ring::kKeyCancelled:
      batch_.fields.push_back({"meta.autospan.cancelled", Value::of(entry.value.word != 0)});
      return;
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
