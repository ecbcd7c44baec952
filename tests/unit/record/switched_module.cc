// Loaded, unloaded and loaded again by switches_test.
#include "autospan/abi.h"

static int g_sum;

static void leave(autospan_v1_guard* guard) {
  if (*guard) autospan_v1_exit(*guard);
}

extern "C" void switched_in_module() {
  static autospan_v1_site site = {0,       sizeof site, AUTOSPAN_SITE_SPAN, 0, "switched::Module",
                                  nullptr, nullptr,     nullptr, nullptr,   0, 0, 0, 0, 0, 0};
  autospan_v1_guard guard __attribute__((cleanup(leave))) = 0;
  guard = autospan_v1_enter_0(&site);
  ++g_sum;
}
