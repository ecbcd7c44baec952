// The resource of a ring's process, by the order of design §6: OTEL_SERVICE_NAME,
// OTEL_RESOURCE_ATTRIBUTES, the build's service=, the executable's name.
#pragma once

#include "autospan/span_data.h"
#include "ring/ring_view.h"

namespace autospan::drain {

Resource read_resource(const ring::RingView& view);

}  // namespace autospan::drain
