#include "drain/payload.h"

#include "autospan/abi.h"

namespace autospan::drain {
bool PayloadReader::take_bytes(std::uint32_t length, std::string_view& out) {
  const std::uint32_t cells = (length + 7) / 8;
  if (at_ > count_ || cells > count_ - at_) return fail();
  out = {reinterpret_cast<const char*>(cells_ + at_), length};
  at_ += cells;
  return true;
}

bool PayloadReader::next(Entry& entry) {
  if (damaged_ || at_ >= count_ || cells_[at_] == 0) return false;
  entry = {};
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
