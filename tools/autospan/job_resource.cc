#include "job_resource.h"

#include <limits.h>
#include <unistd.h>

#include "model/resource_attributes.h"
#include "model/trimmed.h"

namespace autospan::cli {
Resource job_resource(const std::string& program, std::uint32_t pid, const Environment& env) {
  Resource resource;
  resource.program = program;
  resource.pid = pid;
  char host[HOST_NAME_MAX + 1] = {};
  if (gethostname(host, sizeof host - 1) == 0) resource.hostname = host;
  if (const char* const name = env("OTEL_SERVICE_NAME")) resource.service_name = model::trimmed(name);
  if (const char* const list = env("OTEL_RESOURCE_ATTRIBUTES")) model::read_resource_attributes(list, resource);
  if (resource.service_name.empty()) resource.service_name = program;
  return resource;
}

}  // namespace autospan::cli
