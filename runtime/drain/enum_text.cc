#include "drain/enum_text.h"

#include <algorithm>

namespace autospan::drain {
namespace {

bool is_one_bit(std::int64_t value) { return value > 0 && (value & (value - 1)) == 0; }

bool is_set_of_flags(const EnumNames& names) {
  std::int64_t bits = 0, highest = 0;
  for (const auto& [value, name] : names)
    if (is_one_bit(value)) bits |= value;
  std::vector<std::int64_t> values;
  for (const auto& [value, name] : names) {
    if (value < 0 || value & ~bits) return false;
    if (value != 0) values.push_back(value);
    highest = std::max(highest, value);
  }
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return std::uint64_t(highest) > values.size();
}

}  // namespace

std::string flag_names(const EnumNames& names, std::int64_t value) {
  if (value <= 0 || !is_set_of_flags(names)) return {};
  std::string text;
  for (const auto& [bit, name] : names) {
    if (!is_one_bit(bit) || !(value & bit)) continue;
    text += text.empty() ? name : "|" + name;
    value &= ~bit;
  }
  return value == 0 ? text : std::string();
}

}  // namespace autospan::drain
