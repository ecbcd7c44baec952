#include "export/dataset.h"

#include <algorithm>

namespace autospan {
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

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n\f\v";
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
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
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (char c : text) {
    if (stays_in_segment(c)) {
      out += c;
    } else {
      out += '%';
      out += kHex[static_cast<unsigned char>(c) >> 4];
      out += kHex[c & 15];
    }
  }
  // A segment of dots alone would be a path step.
  if (out == ".") return "%2E";
  if (out == "..") return "%2E%2E";
  return out;
}

}  // namespace autospan
