#include "wire/version.h"
namespace autospan::wire {
std::string_view version() { return AUTOSPAN_VERSION; }
}  // namespace autospan::wire
