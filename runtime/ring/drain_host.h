// The border between the recorder and the drain library, which is loaded only where something
// exports from within the process. C types only; both sides check `version`.
#pragma once

#include <stdint.h>

namespace autospan::ring {

struct DrainHost {
  uint32_t version;         // kDrainHostVersion
  uint32_t bytes;           // sizeof(DrainHost)
  uint8_t* base;            // of the ring's mapping
  uint64_t map_bytes;
  uint32_t wake;            // futex: changes when the host wants something
  uint32_t stop;            // 1 = deliver what is left, then return
  uint32_t flush_wanted;    // number of the last flush asked for
  uint32_t flush_timeout_ms;
  uint32_t flush_done;      // futex: number of the last flush answered
  uint32_t flush_delivered; // 1 = all of it was delivered
  uint32_t finished;        // futex: 1 = the drain has returned
  uint32_t delivered;       // with finished: nothing is left to deliver
  uint32_t exit_deadline_ms;// set by the drain when it has read its configuration
  uint32_t inherits_secure; // AT_SECURE: read no environment
  void (*tend)();           // to be called every 50 ms: the drain's thread tends the switches
};
inline constexpr uint32_t kDrainHostVersion = 2;

// Of libautospan-drain.so. Runs on the thread that the recorder made for it, until host->stop.
using DrainMain = void (*)(DrainHost* host);
inline constexpr char kDrainMainSymbol[] = "autospan_drain_v1_main";

}  // namespace autospan::ring
