// The drain thread, seen from the host.
#pragma once

namespace autospan::record {

// Asks the drain to deliver everything and end; waits until its deadline. True = all delivered, or
// nothing exports.
bool stop_drain();

}  // namespace autospan::record
