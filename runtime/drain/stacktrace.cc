#include "drain/stacktrace.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <vector>

#include "drain/fault.h"
#include "elf/symbol_file.h"

namespace autospan::drain {
namespace {

constexpr std::size_t kLinesMax = 10'000;

std::vector<std::uint64_t> addresses_in(std::string_view bytes) {
  std::vector<std::uint64_t> out(bytes.size() / 8);
  if (!out.empty()) std::memcpy(out.data(), bytes.data(), out.size() * 8);
  return out;
}

// A call may be its function's last instruction: what it returns to is then the next function's.
std::uint64_t call_of(std::uint64_t address) { return address ? address - 1 : 0; }

}  // namespace

void Stacktraces::resolve(std::string_view bytes) {
  std::vector<std::uint64_t> addresses = addresses_in(bytes);
  std::erase_if(addresses, [&](std::uint64_t address) { return lines_.count(address) != 0; });
  if (addresses.empty()) return;
  std::sort(addresses.begin(), addresses.end());  // a module after the other: its symbols may be large
  std::uint64_t damaged = 0;
  const std::vector<LoadedModule> modules = read_modules(view_, damaged);
  std::optional<LoadedModule> open;
  std::optional<elf::SymbolFile> file;
  for (const std::uint64_t address : addresses) {
    const auto module = module_of(modules, call_of(address));
    std::string& line = lines_[address];
    if (!module) {
      line = fmt::format("{:#x}, in no module", address);
      continue;
    }
    if (!open || open->base != module->base) {
      open = module;
      file.emplace(module->path, module->build_id);
    }
    const elf::ElfFunction function = file->at(call_of(address) - module->base);
    line = function.name.empty()
               ? std::string()
               : fmt::format("{} + {:#x} in ", elf::demangled(function.name), function.offset + 1);
    line += fmt::format("{} + {:#x}", module->path, address - module->base);
  }
}

std::string Stacktraces::text(std::string_view bytes) {
  if (lines_.size() > kLinesMax) lines_.clear();
  resolve(bytes);
  std::string text;
  for (const std::uint64_t address : addresses_in(bytes)) {
    if (!text.empty()) text += '\n';
    text += lines_[address];
  }
  return text;
}

}  // namespace autospan::drain
