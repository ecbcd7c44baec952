// What is the same for all records of a site, made ready by its first one: which of its params have
// a value in the record, and the fields that are known without any record.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "autospan/span_data.h"
#include "ring/site_table.h"

namespace autospan::drain {

struct ReadySite {
  const ring::Site* site = nullptr;
  SpanKind kind = SpanKind::kInternal;
  SpanSite shared;
  std::vector<const ring::Param*> data;  // that carry data, in order
  std::uint32_t shapes = 0;              // a bit each: the SlotShapes that fit these
  std::vector<Field> constant;           // of those that carry none
  std::vector<std::string> texts;        // what these show
};

// A ring's sites. What was handed out keeps its address as long as the table.
class ReadySites {
 public:
  ReadySites();
  void update(const ring::RingView& view) { table_.update(view); }
  const ring::SiteTable& table() const { return table_; }

  // Null = unknown.
  const ReadySite* find(std::uint32_t id) {
    const ring::Site* const site = table_.find(id);
    if (!site) return nullptr;
    if (id < by_id_.size() && by_id_[id] && by_id_[id]->site == site) return by_id_[id];
    return make(*site);
  }

 private:
  const ReadySite* make(const ring::Site& site);

  ring::SiteTable table_;
  std::deque<ReadySite> ready_;
  std::vector<const ReadySite*> by_id_;
};

}  // namespace autospan::drain
