// Read access to a ring: a dead process's file, a live one's, or the reader's own process. Nothing in
// it is trusted: every offset and count is checked against the bytes that are there.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "ring/format.h"

namespace autospan::ring {

// Loads what a writer may be changing. Pairs with the recorder's put().
template <class T>
T load(const T& from) { return __atomic_load_n(&from, __ATOMIC_RELAXED); }
template <class T>
T load_acquire(const T& from) { return __atomic_load_n(&from, __ATOMIC_ACQUIRE); }

enum class OpenError {
  kOk,
  kUnreadable,   // no such file, no permission, an I/O error
  kForeign,      // not a ring file, or of another format version
  kTruncated,    // a ring file cut short of its header
};

class RingView {
 public:
  // Maps the file. With `cursors`, its header and chunk headers may be written through the mutable
  // accessors (lease, cursors); what the recorder owns never is.
  static std::unique_ptr<RingView> open(const std::string& path, bool cursors, OpenError& error,
                                        std::string& message);
  // The reader's own process: memory that stays mapped for its life.
  static std::unique_ptr<RingView> of_memory(std::uint8_t* base, std::uint64_t bytes);
  // A copy, out of a core file: checked like a file, mapped with mmap and unmapped with the view.
  static std::unique_ptr<RingView> of_copy(std::uint8_t* base, std::uint64_t bytes,
                                           OpenError& error, std::string& message);
  ~RingView();
  RingView(const RingView&) = delete;
  RingView& operator=(const RingView&) = delete;

  const FileHeader& header() const { return *reinterpret_cast<const FileHeader*>(base_); }
  FileHeader& mutable_header() const { return *reinterpret_cast<FileHeader*>(base_); }
  const ControlPage& control() const {
    return *reinterpret_cast<const ControlPage*>(base_ + kControlOffset);
  }
  const FaultModule& fault_module() const {
    return *reinterpret_cast<const FaultModule*>(base_ + kFaultOffset);
  }
  // Of a view that was opened with `cursors`: for switches, which are written from outside.
  std::uint8_t* mutable_base() const { return base_; }
  std::uint64_t bytes() const { return bytes_; }
  const std::string& path() const { return path_; }
  bool writable() const { return writable_; }

  // Chunks in use that the file really holds.
  std::uint32_t chunk_count() const;
  const ChunkHeader& chunk(std::uint32_t index) const {
    return *reinterpret_cast<const ChunkHeader*>(base_ + chunk_offset(index));
  }
  const Slot* slots(std::uint32_t chunk) const {
    return reinterpret_cast<const Slot*>(base_ + chunk_offset(chunk));
  }
  const ThreadHeader& thread(std::uint32_t chunk) const {
    return *reinterpret_cast<const ThreadHeader*>(base_ + chunk_offset(chunk) +
                                                  sizeof(ChunkHeader));
  }
  ThreadHeader& mutable_thread(std::uint32_t chunk) const {
    return const_cast<ThreadHeader&>(thread(chunk));
  }
  // Null where no such block exists, or its generation is another one.
  const ContextBlock* context(std::uint32_t word) const;
  std::string_view text(HeaderText which) const;

 private:
  RingView() = default;
  std::uint8_t* base_ = nullptr;
  std::uint64_t bytes_ = 0;
  bool mapped_ = false;
  bool writable_ = false;
  bool file_ = false;
  std::string path_;
};

}  // namespace autospan::ring
