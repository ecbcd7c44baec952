#include "export/batch.h"

#include "wire/honeycomb_json.h"

namespace autospan::delivery {

Batch Batch::part(std::size_t first, std::size_t last) const {
  Batch batch;
  batch.destination = destination;
  batch.attempts = attempts;
  batch.may_be_there = may_be_there;
  for (std::size_t i = first; i < last; ++i) batch.append(entry(i));
  return batch;
}

void append_body(wire::ByteBuffer& out, const Batch& batch) {
  out.push('[');
  if (!batch.may_be_there) {
    out.append(batch.bytes.view());
  } else {
    for (std::size_t i = 0; i < batch.count(); ++i) {
      if (i != 0) out.push(',');
      wire::append_marked_entry(out, batch.entry(i), "meta.autospan.resent");
    }
  }
  out.push(']');
}

}  // namespace autospan::delivery
