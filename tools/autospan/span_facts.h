// What a span tells beside its name and times: its arguments in a word, its error, all its fields.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "span_set.h"

namespace autospan::cli {

// "key=value" of the most telling fields, best first, each short enough for a row. The user's own
// arguments come before dotted names; code.*, meta.* and the like are left out.
std::vector<std::string> telling_fields(const SpanRef& ref);

// "std::runtime_error: card declined"; empty where the span has no error or no message.
std::string error_message(const SpanRef& ref);

// Everything, a line each, for --fields: "key = value", then events and links.
std::vector<std::string> all_facts(const SpanSet& set, const SpanRef& ref);

}  // namespace autospan::cli
