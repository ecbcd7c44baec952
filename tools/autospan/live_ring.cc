#include "live_ring.h"

#include <fmt/format.h>

#include <fstream>
#include <string>

#include "drain/identity.h"
#include "ring/process_identity.h"

namespace autospan::cli {
namespace {

constexpr std::string_view kEnding = ".ring";
constexpr std::string_view kDeleted = " (deleted)";

std::unique_ptr<ring::RingView> open_own(const std::string& path, std::uint64_t start_ticks,
                                         bool cursors) {
  ring::OpenError error;
  std::string message;
  auto view = ring::RingView::open(path, cursors, error, message);
  if (!view) return nullptr;
  const ring::Identity& process = view->header().process;
  // Of another namespace it has another pid, but not another start.
  return drain::same_boot(process) && process.start_ticks == start_ticks ? std::move(view)
                                                                         : nullptr;
}

}  // namespace

std::unique_ptr<ring::RingView> ring_of_live(std::uint32_t pid, bool cursors) {
  const std::uint64_t start_ticks = ring::process_start_ticks(std::to_string(pid).c_str());
  if (start_ticks == 0) return nullptr;
  std::ifstream maps(fmt::format("/proc/{}/maps", pid));
  for (std::string line; std::getline(maps, line);) {
    const std::size_t slash = line.find('/'), space = line.find(' ');
    if (slash == line.npos || space == line.npos) continue;
    std::string path = line.substr(slash);
    if (path.size() > kDeleted.size() && path.substr(path.size() - kDeleted.size()) == kDeleted)
      path.resize(path.size() - kDeleted.size());
    if (path.size() < kEnding.size() || path.substr(path.size() - kEnding.size()) != kEnding)
      continue;
    for (const std::string& place :
         {path, fmt::format("/proc/{}/root{}", pid, path),
          fmt::format("/proc/{}/map_files/{}", pid, line.substr(0, space))})
      if (auto view = open_own(place, start_ticks, cursors)) return view;
  }
  return nullptr;
}

}  // namespace autospan::cli
