// Refuses the wrong clang before anything else of this plugin runs. clang checks no version: a
// plugin of another major dies in the linker, crashes, or miscompiles in silence.
//
// Runs as constructor 101, ahead of every static object here, and touches libc only: in a foreign
// host nothing else may be assumed. The plugin is linked with lazy binding for the same reason.
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#ifndef AUTOSPAN_CLANG_MAJOR
#error "the build states for which clang this plugin is made"
#endif

namespace {

// A std::string as the host returns it: never by register, because its destructor is not trivial.
struct HostString {
  void* words[4];
  ~HostString() {}
};

// libstdc++'s string begins with the address of its bytes. libc++'s begins with an odd capacity
// and keeps the address in the third word; a full version never fits the short form.
const char* text_of(const HostString& string) {
  const bool libcxx = (reinterpret_cast<unsigned long>(string.words[0]) & 1) != 0;
  return static_cast<const char*>(string.words[libcxx ? 2 : 0]);
}

int major_of(const char* version) {
  const char* at = strstr(version, "clang version ");
  if (at == nullptr) return 0;
  int major = 0;
  for (at += strlen("clang version "); *at >= '0' && *at <= '9'; ++at)
    major = major * 10 + (*at - '0');
  return major;
}

__attribute__((constructor(101))) void refuse_other_hosts() {
  void* symbol = dlsym(RTLD_DEFAULT, "_ZN5clang19getClangFullVersionB5cxx11Ev");
  if (symbol == nullptr) symbol = dlsym(RTLD_DEFAULT, "_ZN5clang19getClangFullVersionEv");
  if (symbol == nullptr) return;  // no clang at all: nothing will be asked of us
  const HostString version = reinterpret_cast<HostString (*)()>(symbol)();
  const int major = major_of(text_of(version));
  if (major == AUTOSPAN_CLANG_MAJOR) return;
  if (major == 0)
    fprintf(stderr, "autospan: plugin for clang %d loaded by '%s'; use clang++-%d\n",
            AUTOSPAN_CLANG_MAJOR, text_of(version), AUTOSPAN_CLANG_MAJOR);
  else
    fprintf(stderr, "autospan: plugin for clang %d loaded by clang %d; use AutospanClang-%d.so\n",
            AUTOSPAN_CLANG_MAJOR, major, major);
  fflush(stderr);
  _exit(1);
}

}  // namespace
