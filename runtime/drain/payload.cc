#include "drain/payload.h"

#include "autospan/abi.h"

namespace autospan::drain {
namespace {

bool is_text(std::uint8_t type) { return type == AUTOSPAN_STR || type == AUTOSPAN_JSON; }
bool carries_data(std::uint8_t type) {
  return type != AUTOSPAN_OPAQUE && type != AUTOSPAN_REDACTED;
}

constexpr bool has_text(std::uint32_t shape) {
  return shape == ring::kShapeText || shape == ring::kShapeWordText;
}

}  // namespace

bool PayloadReader::next(Entry& entry) {
  if (damaged_) return false;
  if (packed_ < packed_end_) return next_packed(entry);
  if (!(head_ & ring::kHeadMore)) return false;
  if (ring::shape_cells(head_) > at_) at_ = ring::shape_cells(head_);
  entry = {};
  return next_tagged(entry);
}

bool PayloadReader::take_bytes(std::uint32_t length, std::string_view& out) {
  const std::uint32_t cells = (length + 7) / 8;
  if (at_ > count_ || cells > count_ - at_) return fail();
  out = {reinterpret_cast<const char*>(cells_ + at_), length};
  at_ += cells;
  return true;
}

bool PayloadReader::next_packed(Entry& entry) {
  const bool text = packed_ + 1 == packed_end_ && has_text(ring::head_shape(head_));
  if (!site_) return fail();
  while (param_ < site_->params.size() && !carries_data(site_->params[param_].type)) ++param_;
  if (param_ >= site_->params.size() || is_text(site_->params[param_].type) != text) return fail();
  const ring::Param& param = site_->params[param_];
  entry.key = ring::kKeyParam + param_++;
  entry.inline_key = {};
  entry.value = {param.type, std::uint8_t(param.flags & AUTOSPAN_TRUNCATED), 0, {}, &param};
  if (!text) {
    if (packed_ >= count_) return fail();
    entry.value.word = cells_[packed_++];
    return true;
  }
  const std::uint32_t length = ring::head_text(head_);
  if (length > ring::kStringBytesMax) return fail();
  if (head_ & ring::kHeadTruncated) entry.value.flags |= AUTOSPAN_TRUNCATED;
  ++packed_;
  at_ = 1;
  return take_bytes(length, entry.value.bytes);
}

bool PayloadReader::next_tagged(Entry& entry) {
  if (at_ >= count_ || cells_[at_] == 0) return false;
  const std::uint64_t tag = cells_[at_++];
  entry.value.type = std::uint8_t(tag);
  entry.value.flags = std::uint8_t(tag >> 8);
  entry.key = std::uint32_t(tag >> 32);
  const std::uint32_t length = std::uint32_t(tag >> 16 & 0xffff);
  if (entry.value.type == ring::kTagFold) {
    if (at_ > count_ || count_ - at_ < 3) return fail();
    entry.fold = cells_ + at_;
    at_ += 3;
    return true;
  }
  if (entry.value.type == AUTOSPAN_NONE || entry.value.type >= AUTOSPAN_TYPES) return fail();
  if (entry.key == ring::kKeyInline) {
    if (at_ >= count_ || cells_[at_] > ring::kStringBytesMax) return fail();
    const std::uint32_t key_length = std::uint32_t(cells_[at_++]);
    if (!take_bytes(key_length, entry.inline_key)) return false;
  }
  if (is_text(entry.value.type)) return take_bytes(length, entry.value.bytes);
  if (!carries_data(entry.value.type)) return true;
  if (at_ >= count_) return fail();
  entry.value.word = cells_[at_++];
  return true;
}

}  // namespace autospan::drain
