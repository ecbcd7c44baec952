// A recorder for tests: implements ABI v1's entry points and prints what was recorded as a tree at
// exit, one thread after another. Values that differ from run to run (addresses) print as `addr`.
//
//   outer user="ann" n=3 found.message:="no such file"   (`:=` on its own, after enter)
//     inner [redacted]=pin opaque=<Job> !std::runtime_error
//
// A coroutine's span ends with ` ~N`, how often it was suspended, and ` cancelled` where its frame was
// destroyed while it was.
// AUTOSPAN_TREE=sites adds function, file:line, service, root and kind of each span.
#include <autospan/abi.h>
#include <cxxabi.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <exception>
#include <mutex>
#include <string>
#include <typeinfo>
#include <vector>

#include "../../../runtime/record/text_length.cc"  // the recorder's own: what it reads is the point

// Only where the test is C++ with exceptions; the weak reference keeps C tests linkable.
namespace {

struct Span {
  const autospan_v1_site* site = nullptr;
  std::string fields;
  std::string error;
  int uncaught = 0;
  bool open = true;
  bool coroutine = false, running = false, cancelled = false;
  unsigned suspended = 0;
  std::vector<Span*> children;
};

struct Thread {
  std::vector<Span*> roots;
  std::vector<Span*> stack;
};

struct Recorder {
  std::mutex mutex;
  std::vector<Thread*> threads;
  unsigned strays = 0;
};
Recorder& recorder() {
  static Recorder* one = new Recorder;
  return *one;
}

std::string quoted(const char* bytes, std::size_t length) {
  std::string text = "\"";
  const std::size_t kept = length > 256 ? 256 : length;
  for (std::size_t i = 0; i < kept; ++i) {
    if (bytes[i] == '\n')
      text += "\\n";
    else if (bytes[i] == '\0')
      text += "\\0";
    else
      text += bytes[i];
  }
  text += "\"";
  if (kept < length) text += "…";
  return text;
}

std::string enum_text(const autospan_v1_param& param, autospan_u64 word) {
  const auto* names = static_cast<const autospan_v1_enum_name*>(param.aux);
  for (unsigned i = 0; i < param.aux_count; ++i)
    if (names[i].value == static_cast<autospan_i64>(word)) return names[i].name;
  return "(" + std::to_string(static_cast<autospan_i64>(word)) + ")";
}

template <class Number>
std::string number_text(const char* format, Number value) {
  char text[64];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

std::string char_text(autospan_u64 word) {
  if (word >= 0x20 && word < 0x7f) return "'" + std::string(1, static_cast<char>(word)) + "'";
  return number_text("U+%04llX", static_cast<unsigned long long>(word));
}

std::string float_text(autospan_u64 word, bool narrow) {
  if (narrow) {
    float value;
    const auto bits = static_cast<autospan_u32>(word);
    std::memcpy(&value, &bits, sizeof value);
    return number_text("%g", static_cast<double>(value)) + "f";
  }
  double value;
  std::memcpy(&value, &word, sizeof value);
  return number_text("%g", value);
}

std::string time_text(autospan_i64 ns) {
  autospan_i64 seconds = ns / 1000000000, nanos = ns % 1000000000;
  if (nanos < 0) nanos += 1000000000, --seconds;
  const std::time_t when = seconds;
  char date[64], text[96];
  std::strftime(date, sizeof date, "%FT%T", std::gmtime(&when));
  std::snprintf(text, sizeof text, "%s.%09lldZ", date, static_cast<long long>(nanos));
  return text;
}

std::string value_text(const autospan_v1_param& param, const autospan_v1_slot& slot) {
  switch (slot.type) {
    case AUTOSPAN_NONE:
      return "(none)";
    case AUTOSPAN_BOOL:
      return slot.word == 1 ? "true" : slot.word == 0 ? "false" : "BAD BOOL";
    case AUTOSPAN_I64:
      return std::to_string(static_cast<autospan_i64>(slot.word));
    case AUTOSPAN_U64:
      return std::to_string(slot.word) + "u";
    case AUTOSPAN_F32:
      return float_text(slot.word, true);
    case AUTOSPAN_F64:
      return float_text(slot.word, false);
    case AUTOSPAN_STR:
      return quoted(reinterpret_cast<const char*>(slot.word), slot.length);
    case AUTOSPAN_PTR:
      return slot.word == 0 ? "null" : "addr";
    case AUTOSPAN_CHAR:
      return char_text(slot.word);
    case AUTOSPAN_ENUM:
      return enum_text(param, slot.word);
    case AUTOSPAN_DURATION:
      return std::to_string(static_cast<autospan_i64>(slot.word)) + "ns";
    case AUTOSPAN_TIME:
      return time_text(static_cast<autospan_i64>(slot.word));
    case AUTOSPAN_JSON:
      return std::string(reinterpret_cast<const char*>(slot.word), slot.length);
    case AUTOSPAN_REDACTED:
      return "[redacted]";
    default:
      return "BAD TYPE " + std::to_string(slot.type);
  }
}

const char* cut_text(const autospan_v1_slot& slot) {
  return slot.flags & AUTOSPAN_TRUNCATED ? "(cut)" : "";
}

bool has_data(const autospan_v1_param& param) {
  return param.type != AUTOSPAN_OPAQUE && param.type != AUTOSPAN_REDACTED;
}

std::string field_text(const autospan_v1_site& site, const autospan_v1_slot* slots,
                       std::size_t count) {
  std::string text;
  std::size_t used = 0;
  for (unsigned i = 0; i < site.param_count; ++i) {
    const autospan_v1_param& param = site.params[i];
    if (param.flags & AUTOSPAN_LATER && has_data(param)) continue;
    text += std::string(" ") + param.name + "=";
    if (param.type == AUTOSPAN_REDACTED) {
      text += "[redacted]";
    } else if (param.type == AUTOSPAN_OPAQUE) {
      text += std::string("<") + static_cast<const char*>(param.aux) + ">";
    } else if (used == count) {
      text += "MISSING";
    } else {
      // What may be absent may also be of another type: the slot says which.
      const bool wrong = slots[used].type != param.type && !(param.flags & AUTOSPAN_MAYBE);
      text += (wrong ? "WRONG TYPE " : "") + value_text(param, slots[used]) + cut_text(slots[used]);
      ++used;
    }
  }
  return used == count ? text : text + " TOO MANY VALUES";
}

Thread& this_thread() {
  thread_local Thread* thread = nullptr;
  if (thread == nullptr) {
    thread = new Thread;
    const std::lock_guard lock(recorder().mutex);
    recorder().threads.push_back(thread);
  }
  return *thread;
}

std::string error_text() {
  const std::type_info* type = abi::__cxa_current_exception_type();
  if (type == nullptr) return " !error";
  char* name = abi::__cxa_demangle(type->name(), nullptr, nullptr, nullptr);
  const std::string text = std::string(" !") + (name != nullptr ? name : type->name());
  std::free(name);
  return text;
}

void print(const Span& span, int depth) {
  const autospan_v1_site& site = *span.site;
  std::string ending = span.open ? " OPEN" : "";
  if (span.coroutine) ending += " ~" + std::to_string(span.suspended);
  if (span.cancelled) ending += " cancelled";
  std::printf("%*s%s%s%s%s\n", depth * 2, "", site.name, span.fields.c_str(), span.error.c_str(),
              ending.c_str());
  const char* mode = std::getenv("AUTOSPAN_TREE");
  if (mode != nullptr && std::strcmp(mode, "sites") == 0) {
    const char* file = site.file == nullptr ? "?" : site.file;
    if (const char* slash = std::strrchr(file, '/')) file = slash + 1;
    std::printf("%*s| %s | %s:%u%s%s%s%s\n", depth * 2, "",
                site.function == nullptr ? "?" : site.function, file, site.line,
                site.service == nullptr ? "" : " | ", site.service == nullptr ? "" : site.service,
                site.flags & AUTOSPAN_SITE_ROOT ? " | root" : "",
                site.span_kind == AUTOSPAN_KIND_CLIENT ? " | client" : "");
  }
  for (const Span* child : span.children) print(*child, depth + 1);
}

// Prints after everything else at exit: destroyed last, because constructed first.
struct Printer {
  ~Printer() {
    for (const Thread* thread : recorder().threads)
      for (const Span* root : thread->roots) print(*root, 0);
    if (recorder().strays != 0) std::printf("STRAY EXITS %u\n", recorder().strays);
    std::fflush(stdout);
  }
};
__attribute__((init_priority(101))) Printer printer;

Span* open(autospan_v1_site* site, const autospan_v1_slot* slots, std::size_t count) {
  Thread& thread = this_thread();
  auto* span = new Span;
  span->site = site;
  span->uncaught = std::uncaught_exceptions();
  const bool sane = site->bytes == sizeof(autospan_v1_site) && site->kind == AUTOSPAN_SITE_SPAN;
  span->fields = (sane ? "" : " BAD SITE") + field_text(*site, slots, count);
  (thread.stack.empty() ? thread.roots : thread.stack.back()->children).push_back(span);
  thread.stack.push_back(span);
  return span;
}

Span* coroutine_of(const autospan_v1_coroutine* coroutine) {
  return reinterpret_cast<Span*>(coroutine->opaque[0]);
}

// Whatever a coroutine's body opened has ended when it is suspended.
void leave(Span* span) {
  Thread& thread = this_thread();
  if (!thread.stack.empty() && thread.stack.back() == span)
    thread.stack.pop_back();
  else
    ++recorder().strays;
  span->running = false;
}

autospan_v1_guard enter(autospan_v1_site* site, const autospan_v1_slot* slots,
                        std::size_t count) {
  open(site, slots, count);
  return this_thread().stack.size();
}

// The special shapes carry no types: the site states them.
autospan_v1_slot typed(const autospan_v1_site& site, unsigned nth, autospan_u64 word,
                       autospan_size length) {
  unsigned seen = 0;
  for (unsigned i = 0; i < site.param_count; ++i) {
    if (!has_data(site.params[i]) || seen++ != nth) continue;
    return {word, static_cast<autospan_u32>(length), site.params[i].type, 0, 0};
  }
  return {word, static_cast<autospan_u32>(length), AUTOSPAN_TYPES, 0, 0};
}

autospan_u64 address(const char* bytes) { return reinterpret_cast<autospan_u64>(bytes); }

}  // namespace

extern "C" {

autospan_v1_guard autospan_v1_enter_0(autospan_v1_site* site) noexcept {
  return enter(site, nullptr, 0);
}
autospan_v1_guard autospan_v1_enter_w(autospan_v1_site* site,
                         autospan_u64 word) noexcept {
  const autospan_v1_slot slots[] = {typed(*site, 0, word, 0)};
  return enter(site, slots, 1);
}
autospan_v1_guard autospan_v1_enter_ww(autospan_v1_site* site, autospan_u64 first,
                          autospan_u64 second) noexcept {
  const autospan_v1_slot slots[] = {typed(*site, 0, first, 0), typed(*site, 1, second, 0)};
  return enter(site, slots, 2);
}
autospan_v1_guard autospan_v1_enter_s(autospan_v1_site* site, const char* bytes,
                         autospan_size length) noexcept {
  const autospan_v1_slot slots[] = {typed(*site, 0, address(bytes), length)};
  return enter(site, slots, 1);
}
autospan_v1_guard autospan_v1_enter_ws(autospan_v1_site* site, autospan_u64 word,
                          const char* bytes, autospan_size length) noexcept {
  const autospan_v1_slot slots[] = {typed(*site, 0, word, 0),
                                    typed(*site, 1, address(bytes), length)};
  return enter(site, slots, 2);
}
autospan_v1_guard autospan_v1_enter_n(autospan_v1_site* site,
                         const autospan_v1_slot* slots, autospan_size count) noexcept {
  return enter(site, slots, count);
}
int autospan_v1_armed(autospan_v1_site*) noexcept { return 1; }
void autospan_v1_field_key(const char* key, autospan_size length,
                           const autospan_v1_slot* slot) noexcept {
  Thread& thread = this_thread();
  if (thread.stack.empty()) return;
  thread.stack.back()->fields += " " + std::string(key, length) + ":=" + value_text({}, *slot) +
                                 cut_text(*slot);
}
void autospan_v1_set(autospan_v1_guard guard, autospan_u32 index, const autospan_v1_slot* slot) noexcept {
  Thread& thread = this_thread();
  if (guard == 0 || guard > thread.stack.size()) return void(++recorder().strays);
  Span& span = *thread.stack[guard - 1];
  const autospan_v1_param& param = span.site->params[index];
  const bool wrong = !(param.flags & AUTOSPAN_LATER) ||
                     (slot->type != param.type && !(param.flags & AUTOSPAN_MAYBE));
  span.fields += std::string(wrong ? " WRONG " : " ") + param.name + "=" + value_text(param, *slot) +
                 cut_text(*slot);
}
void autospan_v1_fail(autospan_v1_guard guard, const char* message, autospan_size length) noexcept {
  Thread& thread = this_thread();
  if (guard == 0 || guard > thread.stack.size()) return void(++recorder().strays);
  thread.stack[guard - 1]->error = " !" + (length ? quoted(message, length) : std::string("failed"));
}
void autospan_v1_exit(autospan_v1_guard guard) noexcept {
  Thread& thread = this_thread();
  if (guard == 0 || guard != thread.stack.size()) {
    ++recorder().strays;
    return;
  }
  Span* span = thread.stack.back();
  thread.stack.pop_back();
  span->open = false;
  if (std::uncaught_exceptions() > span->uncaught) span->error = error_text();
}


void autospan_v1_coroutine_begin(autospan_v1_coroutine* coroutine, autospan_v1_site* site,
                                 const autospan_v1_slot* slots, autospan_size count) noexcept {
  Span* span = open(site, slots, count);
  span->coroutine = span->running = true;
  coroutine->opaque[0] = reinterpret_cast<autospan_u64>(span);
}
void autospan_v1_coroutine_suspend(autospan_v1_coroutine* coroutine) noexcept {
  Span* span = coroutine_of(coroutine);
  if (!span->running) ++recorder().strays;
  ++span->suspended;
  leave(span);
}
// Called before every await_resume, also where nothing was suspended.
void autospan_v1_coroutine_resume(autospan_v1_coroutine* coroutine) noexcept {
  Span* span = coroutine_of(coroutine);
  if (span->running) return;
  span->running = true;
  span->uncaught = std::uncaught_exceptions();
  this_thread().stack.push_back(span);
}
void autospan_v1_coroutine_end(autospan_v1_coroutine* coroutine) noexcept {
  Span* span = coroutine_of(coroutine);
  span->cancelled = !span->running;
  if (span->running) {
    leave(span);
    if (std::uncaught_exceptions() > span->uncaught) span->error = error_text();
  }
  span->open = false;
  coroutine->opaque[0] = 0;
}

}  // extern "C"
