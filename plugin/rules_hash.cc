// See rules_hash.h.
#include "rules_hash.h"

#include <llvm/ADT/StringExtras.h>
#include <llvm/Support/MemoryBuffer.h>
#include <llvm/Support/SHA256.h>

#include <cstdint>

namespace autospan::plugin {
namespace {

std::string fnv_1a(llvm::StringRef bytes) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return llvm::utohexstr(hash, /*LowerCase=*/true, /*Width=*/16);
}

std::string sha_256(llvm::StringRef bytes) {
  const auto hash =
      llvm::SHA256::hash({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
  return llvm::toHex(hash, /*LowerCase=*/true).substr(0, 16);
}

}  // namespace

bool is_hash_of(const std::string& hash, const std::string& path) {
  auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/false);
  if (!buffer) return true;
  const llvm::StringRef bytes = (*buffer)->getBuffer();
  return hash == fnv_1a(bytes) || hash == sha_256(bytes);
}

}  // namespace autospan::plugin
