#include "drain/resource.h"

namespace autospan::drain {
namespace {

int hex_value(char c) {
  return c >= '0' && c <= '9'   ? c - '0'
         : c >= 'a' && c <= 'f' ? c - 'a' + 10
         : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                : -1;
}

std::string trim(std::string_view s) {
  const std::size_t begin = s.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return std::string(s.substr(begin, s.find_last_not_of(" \t") - begin + 1));
}

std::string percent_decoded(std::string_view s) {
  std::string out;
  for (std::size_t i = 0; i < s.size(); ++i) {
    if (s[i] == '%' && i + 2 < s.size() && hex_value(s[i + 1]) >= 0 && hex_value(s[i + 2]) >= 0) {
      out += char(hex_value(s[i + 1]) * 16 + hex_value(s[i + 2]));
      i += 2;
    } else {
      out += s[i];
    }
  }
  return out;
}

// key=value,key=value with percent-encoded values, as W3C baggage (OpenTelemetry specification,
// resource/sdk.md).
std::vector<std::pair<std::string, std::string>> parse_attributes(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> out;
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    const std::string_view item = text.substr(0, comma);
    text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
    const std::size_t equals = item.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string key = trim(item.substr(0, equals));
    if (!key.empty()) out.emplace_back(key, percent_decoded(trim(item.substr(equals + 1))));
  }
  return out;
}

}  // namespace

Resource read_resource(const ring::RingView& view) {
  Resource r;
  r.program = view.text(ring::kTextProgram);
  r.hostname = view.text(ring::kTextHostname);
  r.pid = view.header().process.pid;
  r.service_name = trim(view.text(ring::kTextService));
  for (auto& [key, value] : parse_attributes(view.text(ring::kTextAttributes))) {
    if (key != "service.name")
      r.attributes.emplace_back(key, value);
    else if (r.service_name.empty())
      r.service_name = trim(value);
  }
  if (r.service_name.empty()) r.service_name = trim(view.text(ring::kTextSiteService));
  if (r.service_name.empty()) r.service_name = r.program;
  return r;
}

}  // namespace autospan::drain
