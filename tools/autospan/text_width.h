// Text for a terminal: how many columns it takes, and nothing in it that a terminal would obey.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace autospan::cli {

// Control characters, bytes that are not UTF-8 and what turns the direction of writing become
// visible escapes (\n, \x1b, \u{202e}): names and values are the program's, or its attacker's.
std::string printable(std::string_view text_untrusted);

// Columns of a terminal: 0 for combining marks, 2 for wide characters. Of printable text.
std::size_t text_width(std::string_view text);

// The longest beginning that fits, with an ellipsis where something was left out.
std::string cut_to_width(std::string_view text, std::size_t columns);

// The longest end that fits, an ellipsis before it: of a qualified name the last part says most.
std::string keep_end_of(std::string_view text, std::size_t columns);

// Padded with spaces on the right (left) to at least so many columns.
std::string pad_right(std::string text, std::size_t columns);
std::string pad_left(std::string text, std::size_t columns);

}  // namespace autospan::cli
