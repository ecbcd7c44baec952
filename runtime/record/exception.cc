// What leaves a span by throwing: error, type and message. The C++ runtime tells how many exceptions
// are in flight, but not which; exception_hooks.cc overhears that.
//
// Nothing of a C++ runtime is linked: programs without one load this library too.
#include "record/exception.h"

#include <dlfcn.h>
#include <string.h>

#include "record/fields.h"
#include "record/stacktrace.h"
#include "record/writer.h"

namespace autospan::record {

namespace {

// By the number of exceptions that were in flight already: a destructor that throws and catches
// while another exception unwinds must not hide that one.
constexpr unsigned kNestingMax = 4;
__thread Thrown t_thrown[kNestingMax] __attribute__((tls_model("initial-exec")));
// Of the exception that was thrown last: more would take too much of what threads share with libraries that
// are loaded late.
__thread struct {
  void* object;
  Stack stack;
} t_stack __attribute__((tls_model("initial-exec")));

unsigned in_flight() {
  // __cxa_eh_globals{void* caughtExceptions; unsigned uncaughtExceptions}
  using Globals = const unsigned char* (*)();
  static Globals globals = reinterpret_cast<Globals>(dlsym(RTLD_DEFAULT, "__cxa_get_globals"));
  return globals ? *reinterpret_cast<const unsigned*>(globals() + sizeof(void*)) : 0;
}

// What std::exception's what() says, if the thrown object is one. The catch side's type_info
// decides: its fifth virtual function is libstdc++'s __do_catch and libc++abi's can_catch.
const char* message_of(const Thrown& t) {
  static const auto* std_exception =
      static_cast<const TypeInfo*>(dlsym(RTLD_DEFAULT, "_ZTISt9exception"));
  if (!std_exception || !t.type || !t.object) return nullptr;
  using Catches = bool (*)(const TypeInfo*, const TypeInfo*, void**, unsigned);
  const auto catches = reinterpret_cast<Catches>(std_exception->vtable[4]);
  void* object = t.object;
  if (!catches(std_exception, t.type, &object, 1) || !object) return nullptr;
  using What = const char* (*)(const void*);
  void* const* vtable = *static_cast<void* const* const*>(object);
  return reinterpret_cast<What>(vtable[2])(object);
}

}  // namespace

void remember_exception(void* object, const void* type, const void* from) {
  // Thrown on, it keeps the place where it came from.
  if (__builtin_expect(get(g_stacks_wanted), 0) && (from || object != t_stack.object)) {
    t_stack.object = object;
    walk_stack(t_stack.stack, from);
  }
  // The hot path does not look for exceptions: it is shut until this one has landed.
  Writer& w = *t_writer;
  if (w.next) {
    w.shut |= kShutThrown;
    w.enter_limit = w.record_limit = nullptr;
  }
  const unsigned depth = in_flight();
  if (depth < kNestingMax) t_thrown[depth] = {object, static_cast<const TypeInfo*>(type)};
}

#if defined(AUTOSPAN_POLL_EXCEPTIONS)
bool exceptions_overheard() { return true; }  // by the hot path
#endif

ThrownFacts thrown_facts(unsigned uncaught) {
  if (!uncaught || uncaught > kNestingMax) return {};
  const Thrown t = t_thrown[uncaught - 1];
  const Stack* stack = t_stack.stack.count && t_stack.object == t.object ? &t_stack.stack : nullptr;
  if (!t.type) return {nullptr, nullptr, stack};
  return {t.type->name + (*t.type->name == '*'), message_of(t), stack};
}

void note_exception(Writer& w, ring::Slot& f) {
  put(f.head, f.head | ring::kHeadError);
  tell_exception(*w.uncaught, f.head & ring::kFrameStack,
                 [&](uint32_t key, const char* text, size_t length) { note_text(w, f, key, text, length); });
}

}  // namespace autospan::record
