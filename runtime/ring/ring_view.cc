#include "ring/ring_view.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace autospan::ring {
namespace {

// Closed on every way out.
struct Descriptor {
  int fd;
  ~Descriptor() { if (fd >= 0) close(fd); }
};

std::string check_header(const FileHeader& h, std::uint64_t bytes, OpenError& error) {
  error = OpenError::kForeign;
  if (std::memcmp(h.magic, kMagic, sizeof kMagic) != 0)
    return "not a ring file (it does not begin with AUTOSPAN)";
  if (h.version != kFormatVersion)
    return fmt::format("ring format {}, this build reads {}", h.version, kFormatVersion);
  if (h.slot_bytes != kSlotBytes || h.chunk_bytes != kChunkBytes ||
      h.chunk_header_bytes != sizeof(ChunkHeader) ||
      h.thread_header_bytes != sizeof(ThreadHeader) || h.site_block_bytes != sizeof(SiteBlock) ||
      h.chunks_offset != kChunksOffset || h.sites_max != kSitesMax)
    return "ring of another build: its struct sizes differ from this build's";
  if (bytes < chunk_offset(0)) {
    error = OpenError::kTruncated;
    return fmt::format("cut short: {} bytes, a ring has at least {}", bytes, chunk_offset(0));
  }
  error = OpenError::kOk;
  return {};
}

}  // namespace

std::unique_ptr<RingView> RingView::open(const std::string& path, bool cursors, OpenError& error,
                                         std::string& message) {
  const auto refuse = [&](OpenError why, std::string_view what) {
    error = why;
    message = fmt::format("ring file {}: {}", path, what);
    return nullptr;
  };
  const Descriptor file{
      ::open(path.c_str(), (cursors ? O_RDWR : O_RDONLY) | O_CLOEXEC | O_NONBLOCK)};
  struct stat st;
  if (file.fd < 0 || fstat(file.fd, &st) != 0)
    return refuse(OpenError::kUnreadable, std::strerror(errno));
  if (!S_ISREG(st.st_mode)) return refuse(OpenError::kForeign, "not a regular file");
  const std::uint64_t bytes = std::uint64_t(st.st_size);
  if (bytes < sizeof(FileHeader))
    return refuse(OpenError::kTruncated, fmt::format("cut short: {} bytes", bytes));
  // Read first, mapped afterwards: a file system that lies about its size is a SIGBUS otherwise.
  FileHeader h;
  if (pread(file.fd, &h, sizeof h, 0) != ssize_t(sizeof h))
    return refuse(OpenError::kUnreadable, std::strerror(errno));
  const std::string wrong = check_header(h, bytes, error);
  if (!wrong.empty()) return refuse(error, wrong);
  void* base = mmap(nullptr, bytes, PROT_READ | (cursors ? PROT_WRITE : 0), MAP_SHARED, file.fd, 0);
  if (base == MAP_FAILED) return refuse(OpenError::kUnreadable, std::strerror(errno));
  auto view = std::unique_ptr<RingView>(new RingView);
  view->base_ = static_cast<std::uint8_t*>(base);
  view->bytes_ = bytes;
  view->mapped_ = true;
  view->writable_ = cursors;
  view->path_ = path;
  view->file_ = true;
  return view;
}

std::unique_ptr<RingView> RingView::of_memory(std::uint8_t* base, std::uint64_t bytes) {
  auto view = std::unique_ptr<RingView>(new RingView);
  view->base_ = base;
  view->bytes_ = bytes;
  view->writable_ = true;
  return view;
}

std::unique_ptr<RingView> RingView::of_copy(std::uint8_t* base, std::uint64_t bytes,
                                            OpenError& error, std::string& message) {
  auto view = std::unique_ptr<RingView>(new RingView);
  view->base_ = base;
  view->bytes_ = bytes;
  view->mapped_ = true;
  error = OpenError::kTruncated;
  message = bytes < sizeof(FileHeader) ? fmt::format("cut short: {} bytes", bytes)
                                       : check_header(view->header(), bytes, error);
  return message.empty() ? std::move(view) : nullptr;
}

RingView::~RingView() {
  if (mapped_) munmap(base_, bytes_);
}

std::uint32_t RingView::chunk_count() const {
  const std::uint64_t held = (bytes_ - kChunksOffset) / kChunkBytes;
  std::uint32_t used = load_acquire(header().chunks_used);
  // What lies beyond is in the process's private memory, and no storage behind it.
  if (file_) used = std::min(used, load_acquire(header().chunks_ready));
  return used < held ? used : std::uint32_t(held);
}

const ContextBlock* RingView::context(std::uint32_t word) const {
  const std::uint32_t index = word & 0xffffff, generation = word >> 24;
  const std::uint32_t in = index / kSlotsPerChunk;
  if (in >= chunk_count() || index % kSlotsPerChunk == 0) return nullptr;
  if (load(chunk(in).kind) != kChunkContexts) return nullptr;
  const auto* block =
      reinterpret_cast<const ContextBlock*>(base_ + chunk_offset(0)) + index;
  return (load_acquire(block->generation) & 0xff) == generation ? block : nullptr;
}

std::string_view RingView::text(HeaderText which) const {
  const Text t = header().texts[which];
  if (t.offset < kHeaderTextOffset || t.offset > kControlOffset ||
      t.length > kControlOffset - t.offset)
    return {};
  return {reinterpret_cast<const char*>(base_) + t.offset, t.length};
}

}  // namespace autospan::ring
