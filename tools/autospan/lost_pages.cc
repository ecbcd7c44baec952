#include "lost_pages.h"

#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>

namespace autospan::cli {
namespace {

volatile sig_atomic_t g_lost;
std::uintptr_t g_page_bytes;

// Zeros in its place; where that fails, or it was something else, the instruction faults once more and
// the process dies as it would have.
void replace_page(int signal_number, siginfo_t* info, void*) {
  const std::uintptr_t at = reinterpret_cast<std::uintptr_t>(info->si_addr) & ~(g_page_bytes - 1);
  if (info->si_code == BUS_ADRERR &&
      mmap(reinterpret_cast<void*>(at), g_page_bytes, PROT_READ | PROT_WRITE,
           MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != MAP_FAILED) {
    g_lost = 1;
    return;
  }
  signal(signal_number, SIG_DFL);
}

}  // namespace

void outlive_lost_pages() {
  struct sigaction before, handler = {};
  if (sigaction(SIGBUS, nullptr, &before) != 0 || before.sa_handler == SIG_IGN) return;
  g_page_bytes = std::uintptr_t(sysconf(_SC_PAGESIZE));
  handler.sa_sigaction = replace_page;
  handler.sa_flags = SA_SIGINFO | SA_RESTART;
  sigaction(SIGBUS, &handler, nullptr);
}

bool lost_pages() { return g_lost != 0; }

}  // namespace autospan::cli
