// What all spans of a site share, as the bytes that their events begin with and the names of their
// fields: escaped once a site, copied for each span.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "autospan/span_data.h"

namespace autospan::wire {

class SiteJson {
 public:
  // {"name":…,"code.function":…,"code.filepath":…,"code.lineno":…,"trace.trace_id":"
  std::string_view head() const { return {bytes_.data(), head_bytes_}; }
  // A text of the site was cut.
  bool cut() const { return cut_; }

  // Whether the fields are those of the site's first params and no others: then name() knows them,
  // and none overwrites another or a resource attribute.
  bool knows(const SpanSite* site, const Field* fields, std::size_t count) const {
    if (count > names_.size()) return false;
    for (std::size_t i = 0; i < count; ++i)
      if (fields[i].key.data() != site->keys[i].data() ||
          fields[i].key.size() != site->keys[i].size())
        return false;
    return true;
  }
  // ,"key": with kSlack bytes behind it.
  std::string_view name(std::size_t i) const {
    return {bytes_.data() + names_[i].begin, names_[i].bytes};
  }

 private:
  friend class SiteMemory;
  struct Name {
    std::uint32_t begin, bytes;
  };
  std::string bytes_;  // the head, the names, kSlack
  std::size_t head_bytes_ = 0;
  std::vector<Name> names_;
  bool cut_ = false;
};

// The sites met lately.
class SiteMemory {
 public:
  // `taken` are names on the wire that a field overwrites.
  explicit SiteMemory(std::vector<std::string> taken)
      : taken_(std::move(taken)), entries_(kSites) {}

  const SiteJson& of(const SpanData& span) {
    if (!span.site) return of_text(span);
    Entry& entry = entries_[span.site->number % kSites];
    return entry.number == span.site->number ? entry.json : make(entry, span);
  }

 private:
  static constexpr std::size_t kSites = 256;  // direct-mapped; a program's busy sites are few
  struct Entry {
    SiteJson json;
    std::uint64_t number = 0;  // 0 = not of a site with a number: that with these texts
    std::string name, function, filepath;
    std::uint32_t lineno = 0;
  };
  const SiteJson& of_text(const SpanData& span);
  const SiteJson& make(Entry& entry, const SpanData& span);
  void add_names(SiteJson& json, const SpanSite& site) const;

  std::vector<std::string> taken_;
  std::vector<Entry> entries_;
};

}  // namespace autospan::wire
