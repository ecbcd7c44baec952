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

static constexpr char kBlanks[] = " \t\r\n\f\v";

static bool is_blank(const char* text) { return text[strspn(text, kBlanks)] == '\0'; }

// Which of these stand in a list of exporters, blanks around each of no account.
struct Exporters {
  bool none = false, otlp = false, others = false;
};
static Exporters read_exporters(const char* list) {
  Exporters found;
  for (const char* entry = list;;) {
    const size_t whole = strcspn(entry, ",");
    const size_t skip = strspn(entry, kBlanks);
    const char* name = entry + (skip < whole ? skip : whole);
    size_t bytes = size_t(entry + whole - name);
    while (bytes && strchr(kBlanks, name[bytes - 1])) --bytes;
    const auto is = [&](const char* word) {
      return strlen(word) == bytes && !memcmp(name, word, bytes);
    };
    if (is("none"))
      found.none = true;
    else if (is("otlp"))
      found.otlp = true;
    else if (bytes)
      found.others = true;
    if (!entry[whole]) return found;
    entry += whole + 1;
  }
}

// As good as none until there is one: no thread that does nothing, no ring kept for it.
static Drain no_otlp() {
  static bool said;
  constexpr char kLine[] = "autospan: otlp: not in this build; nothing is exported\n";
  if (!__atomic_exchange_n(&said, true, __ATOMIC_RELAXED))
    if (write(STDERR_FILENO, kLine, sizeof kLine - 1) < 0) return Drain::kNone;
  return Drain::kNone;
}

Drain configured_drain() {
  if (secure_execution()) return Drain::kNone;
  if (const char* drain = environment("AUTOSPAN_DRAIN"))
    if (!strcmp(drain, "outside")) return Drain::kOutside;
  const char* to = environment("AUTOSPAN_EXPORT");
  if (to && !is_blank(to)) {
    const Exporters named = read_exporters(to);
    if (named.none) return Drain::kNone;
    if (named.others) return Drain::kThread;
    return named.otlp ? no_otlp() : Drain::kNone;
  }
  const char* keys[] = {"HONEYCOMB_API_KEY", "HONEYCOMB_API_KEY_FILE"};
  for (const char* name : keys)
    if (const char* value = environment(name); value && !is_blank(value)) return Drain::kThread;
  const char* otlp = environment("OTEL_EXPORTER_OTLP_ENDPOINT");
  return otlp && !is_blank(otlp) ? no_otlp() : Drain::kNone;
}

uint64_t environment_duration_us(const char* name, uint64_t fallback) {
  const char* value = environment(name);
  if (!value) return fallback;
  static const struct {
    const char* name;
    uint64_t us;
  } kUnits[] = {{"us", 1},          {"ms", 1000},           {"s", 1'000'000},
                {"m", 60'000'000},  {"h", 3'600'000'000ull}, {"d", 86'400'000'000ull}};
  uint64_t number = 0;
  const char* c = value;
  for (; *c >= '0' && *c <= '9' && number < 1'000'000'000; ++c) number = number * 10 + uint64_t(*c - '0');
  for (const auto& unit : kUnits)
    if (c > value && !strcmp(c, unit.name)) return number * unit.us;
  complain(name, value, "a duration like 50us, 10ms or 2s");
  return fallback;
}

uint64_t configured_site_budget() {
  constexpr uint64_t kDefault = 20'000;
  const char* value = environment("AUTOSPAN_SITE_BUDGET");
  if (!value) return kDefault;
  if (!strcmp(value, "off")) return 0;
  uint64_t parts = 0, unit = 10'000;  // a percent
  const char* c = value;
  for (; *c >= '0' && *c <= '9' && parts <= 1'000'000; ++c) parts = parts * 10 + uint64_t(*c - '0') * unit;
  if (*c == '.')
    for (++c; *c >= '0' && *c <= '9'; ++c) parts += uint64_t(*c - '0') * (unit /= 10);
  if (c > value && !strcmp(c, "%") && parts > 0 && parts <= 1'000'000) return parts;
  complain("AUTOSPAN_SITE_BUDGET", value, "a share of a thread's time like 2% or 0.5%, or off");
  return kDefault;
}

// The place of the variable's value among them; the first where it is unset or none of them.
template <size_t N>
static uint32_t choose(const char* name, const char* const (&values)[N], const char* expected) {
  const char* value = environment(name);
  if (!value) return 0;
  for (uint32_t i = 0; i < N; ++i)
    if (!strcmp(value, values[i])) return i;
  complain(name, value, expected);
  return 0;
}

Mode configured_mode() {
  static const char* const kValues[] = {"on", "off", "standby"};
  static const Mode mode = Mode(choose("AUTOSPAN", kValues, "on, off or standby"));
  return mode;
}

ClockChoice configured_clock() {
  static const char* const kValues[] = {"", "tsc", "monotonic", "precise"};
  static const ClockChoice clock =
      ClockChoice(choose("AUTOSPAN_CLOCK", kValues, "tsc, monotonic or precise"));
  return clock;
}

bool configured_patching() {
  static const char* const kValues[] = {"on", "off"};
  static const bool patching = choose("AUTOSPAN_PATCH", kValues, "on or off") == 0;
  return patching;
}

Storage configured_storage() {
  static const char* const kValues[] = {"file", "memory", "off"};
  static const Storage storage = Storage(choose("AUTOSPAN_RING", kValues, "file, memory or off"));
  return storage;
}

Capture configured_capture() {
  static const char* const kValues[] = {"all", "numbers", "none"};
  static const Capture capture = Capture(choose("AUTOSPAN_CAPTURE", kValues, "all, numbers or none"));
  return capture;
}

bool configured_signals() {
  static const char* const kValues[] = {"on", "off", "off"};
  static const bool on = choose("AUTOSPAN_SIGNALS", kValues, "on or off") == 0;
  return on;
}

}  // namespace autospan::record
