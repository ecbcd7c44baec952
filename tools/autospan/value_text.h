// A field's value as one plain text, not yet safe for a terminal.
#pragma once

#include <string>

#include "autospan/span_data.h"

namespace autospan::cli {

std::string value_text(const Value& value);

// The text of a kText or kJson field of that key, else empty.
std::string_view text_field(const SpanBatch& batch, FieldRange fields, std::string_view key);

}  // namespace autospan::cli
