#include "export/dataset.h"

#include <algorithm>

#include "model/percent.h"
#include "model/trimmed.h"

namespace autospan {

using model::trimmed;

namespace {

bool is_lower_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }
bool is_lower_alnum(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z'); }

// url.PathEscape of Go keeps these beside letters and digits.
bool stays_in_segment(char c) {
  return is_lower_alnum(c) || (c >= 'A' && c <= 'Z') ||
         std::string_view("-_.~$&+=:@").find(c) != std::string_view::npos;
}

}  // namespace

bool is_classic_key(std::string_view key) {
  if (key.size() == 32) return std::all_of(key.begin(), key.end(), is_lower_hex);
  // ^hc[a-z]ic_[a-z0-9]*$
  return key.size() == 64 && key.substr(0, 2) == "hc" && key[2] >= 'a' && key[2] <= 'z' &&
         key.substr(3, 3) == "ic_" && std::all_of(key.begin() + 6, key.end(), is_lower_alnum);
}

std::string dataset_of_service(std::string_view service_name, bool* slash_replaced) {
  const std::string_view name = trimmed(service_name);
  constexpr std::string_view kUnknown = "unknown_service";
  if (name.empty() || name.substr(0, kUnknown.size()) == kUnknown) return std::string(kUnknown);
  std::string dataset(name);
  std::replace(dataset.begin(), dataset.end(), '/', '-');
  if (slash_replaced != nullptr) *slash_replaced = dataset != name;
  return dataset;
}

std::string honeycomb_dataset(std::string_view key, std::string_view configured,
                              std::string_view service_name, bool* slash_replaced) {
  if (is_classic_key(key) && !trimmed(configured).empty()) return std::string(trimmed(configured));
  return dataset_of_service(service_name, slash_replaced);
}

std::string escape_path_segment(std::string_view text) {
  std::string out = model::percent_encoded(text, stays_in_segment);
  // A segment of dots alone would be a path step.
  if (out == ".") return "%2E";
  if (out == "..") return "%2E%2E";
  return out;
}

}  // namespace autospan
