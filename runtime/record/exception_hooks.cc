// The three ways in which a C++ exception begins its flight, overheard and passed on unchanged:
// __cxa_throw, __cxa_rethrow, std::rethrow_exception. They are found here because this library stands
// before libstdc++ in the search order; where it does not, a span says error=true without a type.
// Not part of the static archive: a static C++ runtime defines the same names.
//
// Itanium C++ ABI, exception handling §2.2 (https://itanium-cxx-abi.github.io/cxx-abi/abi-eh.html).
#include <dlfcn.h>
#include <stdint.h>
#include <string.h>

#include "record/exception.h"

namespace autospan::record {
namespace {

struct Runtime {
  uint8_t* (*globals)();
  void (*throw_)(void*, void*, void (*)(void*));
  void (*rethrow)();
  void (*rethrow_pointer)(void*);
};
Runtime g_cxx;

template <class T>
void find(T& to, void* from, const char* name) {
  to = reinterpret_cast<T>(dlsym(from, name));
}

// Before main, and again by whoever throws earlier than that.
__attribute__((constructor)) void resolve() {
  if (g_cxx.throw_) return;
  find(g_cxx.globals, RTLD_DEFAULT, "__cxa_get_globals");
  find(g_cxx.rethrow, RTLD_NEXT, "__cxa_rethrow");
  find(g_cxx.rethrow_pointer, RTLD_NEXT,
       "_ZSt17rethrow_exceptionNSt15__exception_ptr13exception_ptrE");
  find(g_cxx.throw_, RTLD_NEXT, "__cxa_throw");
}

// libstdc++'s __cxa_exception, which ends where the thrown object begins.
constexpr size_t kHeaderBytes = 112, kUnwindHeaderOffset = 80;
constexpr uint64_t kGnuClass = 0x474e5543432b2b00;  // "GNUCC++\0"

const void* type_of(const uint8_t* object) {
  const void* type;
  memcpy(&type, object - kHeaderBytes, sizeof type);
  return type;
}

// The innermost exception being handled: __cxa_eh_globals::caughtExceptions.
void remember_caught() {
  uint8_t* header = nullptr;
  if (g_cxx.globals) memcpy(&header, g_cxx.globals(), sizeof header);
  uint64_t language = 0;
  if (header) memcpy(&language, header + kUnwindHeaderOffset, sizeof language);
  uint8_t* object = header + kHeaderBytes;
  if (language == kGnuClass)
    remember_exception(object, type_of(object));
  else
    remember_exception(nullptr, nullptr);
}

}  // namespace
}  // namespace autospan::record

using namespace autospan::record;

extern "C" void __cxa_throw(void* object, void* type, void (*destroy)(void*));

namespace autospan::record {
bool exceptions_overheard() {
  static const bool first = dlsym(RTLD_DEFAULT, "__cxa_throw") == reinterpret_cast<void*>(&__cxa_throw);
  return first;
}
}  // namespace autospan::record

// Each leaves by a tail call: a backtrace out of std::terminate shows no frame of ours.
#define AUTOSPAN_EXPORTED extern "C" __attribute__((visibility("default")))

AUTOSPAN_EXPORTED void __cxa_throw(void* object, void* type, void (*destroy)(void*)) {
  resolve();
  remember_exception(object, type, __builtin_return_address(0));
  g_cxx.throw_(object, type, destroy);
}

AUTOSPAN_EXPORTED void __cxa_rethrow() {
  resolve();
  remember_caught();
  g_cxx.rethrow();
}

// By the ABI a pointer to the caller's exception_ptr, which holds the thrown object's address.
AUTOSPAN_EXPORTED void autospan_rethrow_exception(void* pointer) __asm__(
    "_ZSt17rethrow_exceptionNSt15__exception_ptr13exception_ptrE");
void autospan_rethrow_exception(void* pointer) {
  resolve();
  uint8_t* object;
  memcpy(&object, pointer, sizeof object);
  if (object) remember_exception(object, type_of(object));
  g_cxx.rethrow_pointer(pointer);
}
