// Words for an unquoted $(…): a shell splits what it substitutes at white space and takes * ? [ for
// patterns of file names, and neither quotes nor backslashes in it help.
#pragma once

#include <string>
#include <string_view>

namespace autospan::cli {

// Nothing in it is special to a POSIX shell, bash with extglob, make or CMake's lists. Bytes beyond
// ASCII pass: no shell splits at them.
bool is_plain_word(std::string_view text);

// What is not plain, and `%`, as %XX. The plugin decodes it in its arguments named `…-enc`.
std::string percent_encoded(std::string_view text);

}  // namespace autospan::cli
