// The version that goes into events and the User-Agent.
#pragma once
#include <string_view>
namespace autospan::wire {
std::string_view version();
}
