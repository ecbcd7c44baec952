#include "ring/site_table.h"

#include <cstring>
#include <optional>

namespace autospan::ring {
namespace {

// One block, every access checked against its bytes. Nothing in it lies in two places: what is read
// of it in all is no more than it has, whatever its counts and offsets say.
class BlockReader {
 public:
  BlockReader(const std::uint8_t* begin, std::uint32_t bytes)
      : begin_(begin), bytes_(bytes), left_(bytes) {}

  template <class T>
  bool get(std::uint32_t offset, T& out) {
    if (!take(offset, sizeof(T))) return false;
    std::memcpy(&out, begin_ + offset, sizeof(T));
    return true;
  }
  std::string text(Text t) {
    if (!take(t.offset, t.length)) return {};
    return {reinterpret_cast<const char*>(begin_) + t.offset, t.length};
  }
  bool overlaps() const { return overlaps_; }

 private:
  bool take(std::uint32_t offset, std::uint64_t bytes) {
    if (offset > bytes_ || bytes > bytes_ - offset) return false;
    if (bytes > left_) {
      overlaps_ = true;
      return false;
    }
    left_ -= bytes;
    return true;
  }

  const std::uint8_t* begin_;
  std::uint32_t bytes_;
  std::uint64_t left_;
  bool overlaps_ = false;
};

std::optional<Param> read_param(BlockReader& block, std::uint32_t offset) {
  ParamBlock from;
  if (!block.get(offset, from)) return std::nullopt;
  Param param;
  param.name = block.text(from.name);
  param.opaque_type = block.text(from.aux_text);
  param.type = from.type;
  param.flags = from.flags;
  for (std::uint32_t i = 0; i < from.enum_count; ++i) {
    EnumBlock e;
    if (!block.get(from.enums + i * std::uint32_t(sizeof e), e)) return std::nullopt;
    param.enums.emplace_back(e.value, block.text(e.name));
  }
  return param;
}

std::optional<Site> read_site(BlockReader block, const SiteBlock& from) {
  Site site;
  site.id = from.id;
  site.kind = from.kind;
  site.flags = from.flags;
  site.span_kind = from.span_kind;
  site.line = from.line;
  site.name = block.text(from.name);
  site.function = block.text(from.function);
  site.file = block.text(from.file);
  site.service = block.text(from.service);
  for (std::uint32_t i = 0; i < from.param_count; ++i) {
    auto param = read_param(block, from.params + i * std::uint32_t(sizeof(ParamBlock)));
    if (!param) return std::nullopt;
    site.params.push_back(std::move(*param));
  }
  if (block.overlaps()) return std::nullopt;
  return site;
}

}  // namespace

void SiteTable::update(const RingView& view) {
  const std::uint32_t chunks = view.chunk_count();
  if (read_.size() < chunks) read_.resize(chunks);
  for (std::uint32_t i = 0; i < chunks; ++i)
    if (load(view.chunk(i).kind) == kChunkSites) read_chunk(view, i);
}

void SiteTable::read_chunk(const RingView& view, std::uint32_t chunk) {
  constexpr std::uint32_t kRoom = kChunkBytes - sizeof(ChunkHeader);
  std::uint32_t used = load_acquire(view.chunk(chunk).used);
  if (used > kRoom) {
    ++damaged_;
    used = kRoom;
  }
  const auto* begin = reinterpret_cast<const std::uint8_t*>(view.slots(chunk) + 1);
  while (read_[chunk] + sizeof(SiteBlock) <= used) {
    const std::uint32_t at = read_[chunk];
    SiteBlock head;
    std::memcpy(&head, begin + at, sizeof head);
    const bool sound = head.bytes >= sizeof head && head.bytes <= used - at &&
                       head.bytes % 8 == 0 && head.id > 0 && head.id < kSitesMax;
    auto site = sound ? read_site(BlockReader(begin + at, head.bytes), head) : std::nullopt;
    if (!site) {
      ++damaged_;
      read_[chunk] = kRoom;
      return;
    }
    add(std::move(*site));
    read_[chunk] = at + head.bytes;
  }
}

void SiteTable::add(Site site) {
  const std::uint32_t id = site.id;
  if (by_id_.size() <= id) by_id_.resize(id + 1);
  for (Param& param : site.params) param.key = key_of_ ? key_of_(param) : param.name;
  sites_.push_back(std::move(site));
  by_id_[id] = &sites_.back();
}

}  // namespace autospan::ring
