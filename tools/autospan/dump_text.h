// What a ring tells, as text and as JSON.
#pragma once

#include <string>
#include <vector>

#include "drain/dump.h"
#include "waterfall_rows.h"

namespace autospan::cli {

// Process, open stacks outermost first, then all spans as a waterfall in which the open ones stand
// as unfinished above what they called.
std::string dump_text(const drain::ProcessDump& dump, const WaterfallOptions& how);

// {schema, process, spans, open, lost, damaged} (design §7), and `kept` where a list is given.
std::string dump_json(const drain::ProcessDump& dump, const std::vector<drain::KeptRing>* kept);

// "killed by SIGSEGV", "exited with status 3", "alive", …
std::string end_text(const drain::ProcessDump& dump);
// As one word: alive, exited, signal, killed, unknown.
std::string end_word(const drain::ProcessDump& dump);
// What a site over its budget comes to now: "a span each call", "1 span in 16 calls", "counted only".
std::string counted_state_text(std::uint32_t state);

// The kept rings as a table, newest first.
std::string rings_text(const std::vector<drain::KeptRing>& rings);

}  // namespace autospan::cli
