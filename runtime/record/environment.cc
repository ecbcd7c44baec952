#include "record/environment.h"

#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

namespace autospan::record {

bool secure_execution() { return getauxval(AT_SECURE) != 0; }

const char* environment(const char* name) {
  if (secure_execution()) return nullptr;
  const char* value = getenv(name);
  return value && *value ? value : nullptr;
}

static void complain(const char* name, const char* value, const char* expected) {
  char line[256];
  size_t n = 0;
  const char* parts[] = {"autospan: ", name, "=", value, ": expected ", expected, "; ignored\n"};
  for (const char* part : parts)
    for (const char* c = part; *c && n < sizeof line; ++c) line[n++] = *c;
  if (n == sizeof line) line[n - 1] = '\n';
  if (write(STDERR_FILENO, line, n) < 0) return;  // a closed stderr is the host's business
}

uint64_t environment_number(const char* name, uint64_t fallback, uint64_t low, uint64_t high) {
  const char* value = environment(name);
  if (!value) return fallback;
  uint64_t number = 0;
  for (const char* c = value; *c; ++c) {
    if (*c < '0' || *c > '9' || number > high) {
      complain(name, value, "a whole number");
      return fallback;
    }
    number = number * 10 + uint64_t(*c - '0');
  }
  if (number < low || number > high) {
    complain(name, value, "a number within its limits (see docs/environment.md)");
    return fallback;
  }
  return number;
}

Drain configured_drain() {
  if (secure_execution()) return Drain::kNone;
  if (const char* drain = environment("AUTOSPAN_DRAIN"))
    if (!strcmp(drain, "outside")) return Drain::kOutside;
  if (const char* to = environment("AUTOSPAN_EXPORT"))
    return !strcmp(to, "none") ? Drain::kNone : Drain::kThread;
  const char* implied[] = {"HONEYCOMB_API_KEY", "HONEYCOMB_API_KEY_FILE",
                           "OTEL_EXPORTER_OTLP_ENDPOINT"};
  for (const char* name : implied)
    if (environment(name)) return Drain::kThread;
  return Drain::kNone;
}

Mode configured_mode() {
  const char* mode = environment("AUTOSPAN");
  if (!mode || !strcmp(mode, "on")) return Mode::kOn;
  if (!strcmp(mode, "off")) return Mode::kOff;
  if (!strcmp(mode, "standby")) return Mode::kStandby;
  complain("AUTOSPAN", mode, "on, off or standby");
  return Mode::kOn;
}

}  // namespace autospan::record
