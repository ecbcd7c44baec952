// What a ring's header says of its process beside its identity: resource and clocks.
#pragma once

#include "record/process.h"

namespace autospan::record {

// Program, service, host, attributes and path, into the header's text area.
void write_resource(Process& p);
void set_service(Process& p, const char* service);
// Chooses the clock (AUTOSPAN_CLOCK=tsc|monotonic) and takes the first anchor.
// Fills the name of the running executable's file, without its directory.
void program_name(char* out, size_t bytes);

}  // namespace autospan::record
