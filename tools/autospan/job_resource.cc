#include "job_resource.h"

#include <limits.h>
#include <unistd.h>

#include <string_view>

#include "export/dataset.h"

namespace autospan::cli {
namespace {

int hex_value(char c) {
  return c >= '0' && c <= '9'   ? c - '0'
         : c >= 'a' && c <= 'f' ? c - 'a' + 10
         : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                : -1;
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 &&
                        hex_value(text[i + 2]) >= 0;
    out +=
        escape ? static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2])) : text[i];
    if (escape) i += 2;
  }
  return out;
}

// key=value,key=value with percent-encoded values (OpenTelemetry specification, resource/sdk.md).
void read_attributes(std::string_view list, Resource& resource) {
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    const std::string_view item = list.substr(0, comma);
    list.remove_prefix(comma == list.npos ? list.size() : comma + 1);
    const std::size_t equals = item.find('=');
    if (equals == item.npos) continue;
    const std::string key(trimmed(item.substr(0, equals)));
    std::string value = percent_decoded(trimmed(item.substr(equals + 1)));
    if (key == "service.name") {
      if (resource.service_name.empty()) resource.service_name = std::move(value);
    } else if (!key.empty()) {
      resource.attributes.emplace_back(key, std::move(value));
    }
  }
}

}  // namespace

Resource job_resource(const std::string& program, std::uint32_t pid, const Environment& env) {
  Resource resource;
  resource.program = program;
  resource.pid = pid;
  char host[HOST_NAME_MAX + 1] = {};
  if (gethostname(host, sizeof host - 1) == 0) resource.hostname = host;
  if (const char* const name = env("OTEL_SERVICE_NAME")) resource.service_name = trimmed(name);
  if (const char* const list = env("OTEL_RESOURCE_ATTRIBUTES")) read_attributes(list, resource);
  if (resource.service_name.empty()) resource.service_name = program;
  return resource;
}

}  // namespace autospan::cli
