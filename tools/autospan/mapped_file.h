// A file's bytes, read-only. What grows meanwhile is not seen.
#pragma once

#include <string>
#include <string_view>

namespace autospan::cli {

class MappedFile {
 public:
  // False with errno set.
  bool open(const std::string& path);
  std::string_view bytes() const { return {data_, size_}; }

  MappedFile() = default;
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  ~MappedFile();

 private:
  const char* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace autospan::cli
