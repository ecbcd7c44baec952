// The other door: spans from -finstrument-functions, on any compiler. Names only, no arguments.
// AUTOSPAN_MATCH (globs, comma-separated) says which functions; the rest cost a table look-up.
//
// Linked into the program (autospan::cyg), beside libautospan. An exception leaves no exit call with
// clang: the next exit further out closes what it left open as abandoned.
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>

#include "autospan/abi.h"
#include "autospan/detail/function_name.h"
#include "autospan/detail/glob.h"
#include "hooks/symbols.h"

#define AUTOSPAN_NO_HOOK __attribute__((no_instrument_function))

namespace autospan::hooks {
namespace {

constexpr size_t kFunctionsMax = 1u << 16;
constexpr size_t kNameMax = 512;
constexpr unsigned kDepthMax = 256;

// Known functions by address: a site, or kNotSelected. Only ever added to.
struct Function {
  const void* address;
  autospan_v1_site* site;
};
Function g_functions[kFunctionsMax];
autospan_v1_site g_not_selected;

struct Open {
  const void* address;
  const void* caller;    // the call site that the compiler named
  uintptr_t stack;       // where the hook's frame lay
  autospan_v1_guard guard;
};
struct Stack {
  Open open[kDepthMax];
  unsigned depth;
  bool resolving;
};
__thread Stack t_stack;

AUTOSPAN_NO_HOOK bool selected(const char* name) {
  const char* globs = getauxval(AT_SECURE) ? nullptr : getenv("AUTOSPAN_MATCH");
  while (globs && *globs) {
    const char* comma = strchrnul(globs, ',');
    if (detail::glob_takes(globs, comma - globs, name, long(strlen(name)))) return true;
    globs = *comma ? comma + 1 : comma;
  }
  return false;
}

// The whole signature and, cut out of it, the name without parameters and template arguments.
AUTOSPAN_NO_HOOK bool describe(const void* address, char* signature, char* name) {
  char mangled[kNameMax];
  if (!symbol_name(address, mangled, sizeof mangled)) return false;
  using Demangle = char* (*)(const char*, char*, size_t*, int*);
  static const auto demangle = reinterpret_cast<Demangle>(dlsym(RTLD_DEFAULT, "__cxa_demangle"));
  int status = -1;
  char* text = demangle ? demangle(mangled, nullptr, nullptr, &status) : nullptr;
  snprintf(signature, kNameMax, "%s", status == 0 && text ? text : mangled);
  free(text);
  detail::function_name(signature, name, kNameMax);
  return true;
}

AUTOSPAN_NO_HOOK autospan_v1_site* make_site(const void* address) {
  char signature[kNameMax], name[kNameMax];
  if (!describe(address, signature, name) || !selected(name)) return &g_not_selected;
  // Kept for the life of the process: a mapping of its own, since the host may replace malloc.
  const size_t bytes = sizeof(autospan_v1_site) + strlen(name) + strlen(signature) + 2;
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return &g_not_selected;
  auto* site = static_cast<autospan_v1_site*>(memory);
  char* text = static_cast<char*>(memory) + sizeof *site;
  site->bytes = sizeof *site;
  site->kind = AUTOSPAN_SITE_SPAN;
  site->flags = AUTOSPAN_SITE_HOOK;
  site->name = strcpy(text, name);
  site->function = strcpy(text + strlen(name) + 1, signature);
  return site;
}

AUTOSPAN_NO_HOOK Function* slot_of(const void* address) {
  const uint64_t hash = (reinterpret_cast<uintptr_t>(address) >> 2) * 0x9e3779b97f4a7c15;
  for (size_t i = 0; i < 64; ++i) {
    Function* f = &g_functions[((hash >> 48) + i) & (kFunctionsMax - 1)];
    const void* seen = __atomic_load_n(&f->address, __ATOMIC_ACQUIRE);
    if (seen == address) return f;
    if (!seen && __atomic_compare_exchange_n(&f->address, &seen, address, false, __ATOMIC_ACQ_REL,
                                             __ATOMIC_ACQUIRE))
      return f;
    if (seen == address) return f;
  }
  return nullptr;  // too many functions: those that found no place make no spans
}

AUTOSPAN_NO_HOOK autospan_v1_site* site_of(const void* address) {
  Function* f = slot_of(address);
  if (!f) return &g_not_selected;
  if (autospan_v1_site* site = __atomic_load_n(&f->site, __ATOMIC_ACQUIRE)) return site;
  if (t_stack.resolving) return &g_not_selected;
  t_stack.resolving = true;
  autospan_v1_site* made = make_site(address);
  t_stack.resolving = false;
  autospan_v1_site* none = nullptr;
  __atomic_compare_exchange_n(&f->site, &none, made, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
  return __atomic_load_n(&f->site, __ATOMIC_ACQUIRE);
}

// clang calls no exit hook where an exception leaves a function. The stack tells: a hook of anything
// that F still encloses does not lie less deep than F's own. Equally deep, it is either inlined into
// F, and then says the same caller as F; or another call of the same code, after F has ended.
// Another stack (a signal's, a fiber's) is far away and says nothing.
constexpr uintptr_t kStackBytesMax = 64u << 20;

AUTOSPAN_NO_HOOK bool has_ended(const Open& open, const Open& now) {
  if (open.stack > now.stack || now.stack - open.stack > kStackBytesMax) return false;
  if (open.stack < now.stack) return true;
  return open.caller != now.caller || open.address == now.address;
}

AUTOSPAN_NO_HOOK void close_ended(const Open& now) {
  while (t_stack.depth > 0 && has_ended(t_stack.open[t_stack.depth - 1], now))
    autospan_v1_exit(t_stack.open[--t_stack.depth].guard);
}

// This door takes globs only; what it cannot take is said once, when the program starts.
__attribute__((constructor)) AUTOSPAN_NO_HOOK void check_globs() {
  const char* globs = getauxval(AT_SECURE) ? nullptr : getenv("AUTOSPAN_MATCH");
  if (globs && strstr(globs, "re:"))
    dprintf(2, "autospan: AUTOSPAN_MATCH=%.200s: a regex is not known here; give globs, comma-separated\n",
            globs);
}

}  // namespace
}  // namespace autospan::hooks

using namespace autospan::hooks;

extern "C" AUTOSPAN_NO_HOOK void __cyg_profile_func_enter(void* function, void* caller) {
  autospan_v1_site* site = site_of(function);
  if (site == &g_not_selected) return;
  const Open now{function, caller, reinterpret_cast<uintptr_t>(__builtin_frame_address(0)), 0};
  close_ended(now);
  if (t_stack.depth == kDepthMax) return;
  Open& open = t_stack.open[t_stack.depth];
  open = now;
  open.guard = autospan_v1_enter_0(site);
  if (open.guard) ++t_stack.depth;
}

extern "C" AUTOSPAN_NO_HOOK void __cyg_profile_func_exit(void* function, void*) {
  if (site_of(function) == &g_not_selected) return;
  for (unsigned i = t_stack.depth; i > 0; --i) {
    Open& open = t_stack.open[i - 1];
    if (open.address != function) continue;
    t_stack.depth = i - 1;
    autospan_v1_exit(open.guard);
    return;
  }
}
