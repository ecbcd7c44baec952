// A dump in the formats of others: Honeycomb's event lines, OTLP/JSON, the Trace Event Format. In
// each the open spans stand among the others as unfinished ones, all in the order of time across
// threads, and what is known of the process's end, of losses and damage is said in the stream.
#pragma once

#include <string>

#include "drain/dump.h"

namespace autospan::cli {

std::string dump_honeycomb(drain::ProcessDump dump);
std::string dump_otlp(drain::ProcessDump dump);
std::string dump_chrome(drain::ProcessDump dump);

}  // namespace autospan::cli
