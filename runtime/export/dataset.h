// Which Honeycomb dataset an event goes to, and how its name stands in a URL (honeycomb.md §1).
#pragma once

#include <string>
#include <string_view>

namespace autospan {

// Old ("classic") keys name a dataset; keys of environments derive it from the service name.
bool is_classic_key(std::string_view key);

// The service name, trimmed; `/` becomes `-` (Honeycomb refuses an escaped slash), all
// `unknown_service…` share one dataset. `slash_replaced` says whether a warning is due.
std::string dataset_of_service(std::string_view service_name, bool* slash_replaced = nullptr);

// The dataset for events of `service_name`: the configured one for a classic key, if there is any.
std::string honeycomb_dataset(std::string_view key, std::string_view configured,
                              std::string_view service_name, bool* slash_replaced = nullptr);

// One path segment: everything but unreserved characters percent-encoded, as libhoney-go does it.
std::string escape_path_segment(std::string_view text);

}  // namespace autospan
