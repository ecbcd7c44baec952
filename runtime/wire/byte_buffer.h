// A growing run of bytes for encoders: room is asked for once, then written through a plain
// pointer, so that a field costs no call and no check of capacity. Growth may throw std::bad_alloc;
// the pipeline's border turns that into a counted drop.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

namespace autospan::wire {

class ByteBuffer {
 public:
  ByteBuffer() = default;
  ByteBuffer(ByteBuffer&& other) noexcept { swap(other); }
  ByteBuffer& operator=(ByteBuffer&& other) noexcept {
    ByteBuffer(std::move(other)).swap(*this);
    return *this;
  }
  void swap(ByteBuffer& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
  }

  // At least `bytes` writable bytes at the returned end; say how far you wrote with set_end().
  char* reserve(std::size_t bytes) {
    if (capacity_ - size_ < bytes) grow(bytes);
    return data_.get() + size_;
  }
  // The same for who stands at `p` already, behind an end that is not said yet.
  char* reserve_at(char* p, std::size_t bytes) {
    if (static_cast<std::size_t>(data_.get() + capacity_ - p) >= bytes) return p;
    set_end(p);
    return reserve(bytes);
  }
  void set_end(const char* end) { size_ = static_cast<std::size_t>(end - data_.get()); }

  void append(std::string_view text) {
    char* p = reserve(text.size());
    if (!text.empty()) std::memcpy(p, text.data(), text.size());
    size_ += text.size();
  }
  void push(char c) {
    *reserve(1) = c;
    ++size_;
  }
  void clear() { size_ = 0; }
  void shorten(std::size_t bytes) { size_ = bytes; }

  std::string_view view() const { return {data_.get(), size_}; }
  std::size_t size() const { return size_; }
  std::size_t capacity() const { return capacity_; }
  bool empty() const { return size_ == 0; }

 private:
  void grow(std::size_t bytes) {
    std::size_t capacity = capacity_ < kFirstBytes ? kFirstBytes : capacity_ * 2;
    if (capacity < size_ + bytes) capacity = size_ + bytes;
    std::unique_ptr<char[]> data(new char[capacity]);  // not zeroed, unlike make_unique
    if (size_ != 0) std::memcpy(data.get(), data_.get(), size_);
    data_ = std::move(data);
    capacity_ = capacity;
  }

  static constexpr std::size_t kFirstBytes = 4096;
  std::unique_ptr<char[]> data_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

// Writes through a pointer; the caller has reserved the room.
inline char* put(char* p, std::string_view text) {
  std::memcpy(p, text.data(), text.size());
  return p + text.size();
}

// The same for what is mostly short, without a call: of both the text and the room for it a further
// kSlack bytes are there, so that a copy of one size does.
inline constexpr std::size_t kSlack = 32;
inline char* put_short(char* p, std::string_view text) {
  if (text.size() > kSlack) return put(p, text);
  std::memcpy(p, text.data(), kSlack);
  return p + text.size();
}

}  // namespace autospan::wire
