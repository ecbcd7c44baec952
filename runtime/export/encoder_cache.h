// One EventJson a resource: `autospan run` drains many processes, a traced program only itself.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "autospan/span_data.h"
#include "export/dataset.h"
#include "wire/event_json.h"

namespace autospan::delivery {

// What is fixed for all events of one process.
struct ProcessEncoder {
  explicit ProcessEncoder(std::shared_ptr<const Resource> of)
      : resource(std::move(of)),
        json(*resource),
        local_dataset(dataset_of_service(resource->service_name)) {}
  std::shared_ptr<const Resource> resource;  // held: its address is the cache's key
  wire::EventJson json;
  std::string local_dataset;
};

class EncoderCache {
 public:
  ProcessEncoder& of(const std::shared_ptr<const Resource>& resource) {
    for (std::size_t i = 0; i < encoders_.size(); ++i) {
      if (encoders_[i]->resource != resource) continue;
      if (i != 0) std::swap(encoders_[i], encoders_[i / 2]);  // the busy ones rise
      return *encoders_[i / 2];
    }
    if (encoders_.size() == kEncodersMax) encoders_.pop_back();
    encoders_.push_back(std::make_unique<ProcessEncoder>(resource));
    return *encoders_.back();
  }

 private:
  static constexpr std::size_t kEncodersMax = 32;  // ≈ 60 KiB each
  std::vector<std::unique_ptr<ProcessEncoder>> encoders_;
};

}  // namespace autospan::delivery
