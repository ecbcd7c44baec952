#include "record/stacktrace.h"

#include <dlfcn.h>

#include "record/detached.h"
#include "record/modules.h"
#include "record/process.h"

namespace autospan::record {

// The unwinder that exceptions use (Itanium C++ ABI, exception handling §1.6), libgcc's or LLVM's.
using Visit = int (*)(void* context, void* to);
static int (*g_backtrace)(Visit, void*);
static uintptr_t (*g_ip)(void* context);
bool g_stacks_wanted;

void prepare_stacks() {
  if (g_backtrace) return;
  const auto ip = reinterpret_cast<uintptr_t (*)(void*)>(dlsym(RTLD_DEFAULT, "_Unwind_GetIP"));
  g_ip = ip;
  if (ip) g_backtrace = reinterpret_cast<int (*)(Visit, void*)>(dlsym(RTLD_DEFAULT, "_Unwind_Backtrace"));
}

namespace {

struct Walk {
  Stack* stack;
  uintptr_t from;
  bool met;
};

// Until `from` is met the frames are the recorder's and the runtime's; kept meanwhile, in case it never is.
int visit(void* context, void* to) {
  constexpr int kGoOn = 0, kStop = 4;  // _URC_NO_REASON, _URC_NORMAL_STOP
  Walk& walk = *static_cast<Walk*>(to);
  const uintptr_t ip = g_ip(context);
  if (!ip) return kStop;
  if (!walk.met && ip == walk.from) walk.met = true, walk.stack->count = 0;
  if (walk.stack->count == kStackFrames) return walk.met ? kStop : kGoOn;
  walk.stack->addresses[walk.stack->count++] = ip;
  return kGoOn;
}

}  // namespace

void walk_stack(Stack& stack, const void* from) {
  stack.count = 0;
  if (!g_backtrace) return;
  Walk walk{&stack, reinterpret_cast<uintptr_t>(from), false};
  g_backtrace(visit, &walk);
}

void note_modules_of(const Stack& stack) {
  Locked locked(*g_process);
  for (uint32_t i = 0; i < stack.count; ++i)
    note_module_of(*g_process, reinterpret_cast<const void*>(stack.addresses[i]));
}

}  // namespace autospan::record
