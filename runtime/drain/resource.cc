#include "drain/resource.h"

#include "model/resource_attributes.h"

namespace autospan::drain {

Resource read_resource(const ring::RingView& view) {
  using model::trimmed;
  Resource r;
  r.program = view.text(ring::kTextProgram);
  r.hostname = view.text(ring::kTextHostname);
  r.pid = view.header().process.pid;
  r.service_name = trimmed(view.text(ring::kTextService));
  model::read_resource_attributes(view.text(ring::kTextAttributes), r);
  if (r.service_name.empty()) r.service_name = trimmed(view.text(ring::kTextSiteService));
  if (r.service_name.empty()) r.service_name = r.program;
  return r;
}

}  // namespace autospan::drain
