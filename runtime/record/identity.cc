#include "record/identity.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "record/environment.h"

namespace autospan::record {

void program_name(char* out, size_t bytes) {
  char path[512];
  const ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
  const char* name = program_invocation_short_name;
  if (n > 0) {
    path[n] = 0;
    const char* slash = strrchr(path, '/');
    name = slash ? slash + 1 : path;
  }
  snprintf(out, bytes, "%s", name);
  if (!*out) snprintf(out, bytes, "unknown");
}

static void write_text(ring::FileHeader& h, ring::HeaderText which, const char* text,
                       uint32_t& offset) {
  size_t length = text ? strlen(text) : 0;
  if (length > 4096 - offset) length = 4096 - offset;
  if (length) memcpy(reinterpret_cast<char*>(&h) + offset, text, length);
  h.texts[which] = {offset, uint32_t(length)};
  offset += uint32_t(length);
}

void write_resource(Process& p) {
  ring::FileHeader& h = header(p);
  char program[128], host[128] = {};
  program_name(program, sizeof program);
  gethostname(host, sizeof host - 1);
  uint32_t offset = ring::kHeaderTextOffset;
  write_text(h, ring::kTextProgram, program, offset);
  write_text(h, ring::kTextHostname, host, offset);
  write_text(h, ring::kTextPath, p.path, offset);
  write_text(h, ring::kTextService, environment("OTEL_SERVICE_NAME"), offset);
  // The largest last: what does not fit is cut.
  write_text(h, ring::kTextAttributes, environment("OTEL_RESOURCE_ATTRIBUTES"), offset);
}

void set_service(Process& p, const char* service) {
  ring::FileHeader& h = header(p);
  if (!service || !*service || h.texts[ring::kTextSiteService].length) return;
  uint32_t offset = h.texts[ring::kTextAttributes].offset + h.texts[ring::kTextAttributes].length;
  write_text(h, ring::kTextSiteService, service, offset);
}

}  // namespace autospan::record
