#include "wire/field_names.h"

#include <cstdint>

#include "wire/distinct_fields.h"
#include "wire/json_text.h"
#include "wire/utf8.h"

namespace autospan::wire {

bool FieldNames::find(const Field* fields, std::size_t count, Found& found) {
  if (names_.size() >= kNamesMax) {
    slots_.fill(nullptr);
    names_.clear();
  }
  for (std::size_t i = 0; i < count; ++i)
    if (!(found[i] = name_of(fields[i].key))) return false;
  return true;
}

const FieldNames::Name* FieldNames::name_of(std::string_view key) {
  const auto address = reinterpret_cast<std::uintptr_t>(key.data());
  const Name*& slot = slots_[(address ^ (address >> 9)) / 8 % kSlots];
  if (slot && slot->key == key) return slot;
  const Name* const name = learn(key);
  if (name) slot = name;
  return name;
}

const FieldNames::Name* FieldNames::learn(std::string_view key) {
  if (const auto known = names_.find(key); known != names_.end()) return known->second.get();
  std::optional<Name> made = make(key);
  if (!made) return nullptr;
  auto name = std::make_unique<const Name>(std::move(*made));
  const std::string_view mine = name->key;
  return names_.emplace(mine, std::move(name)).first->second.get();
}

std::optional<FieldNames::Name> FieldNames::make(std::string_view key) {
  if (key.size() > kBytesMax || !is_ascii(key)) return std::nullopt;
  Name name;
  name.key = key;
  if (WireKey::of(key).prefixed) name.wire = WireKey::kPrefix;
  name.wire += key;
  ByteBuffer json;
  json.push(',');
  append_json_text(json, name.wire);
  json.push(':');
  name.json = json.view();
  return name;
}

}  // namespace autospan::wire
