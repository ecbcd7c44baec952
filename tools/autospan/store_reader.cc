#include "store_reader.h"

#include <dirent.h>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "export/store_directory.h"
#include "id_text.h"
#include "mapped_file.h"

namespace autospan::cli {
namespace {

constexpr std::string_view kSegmentEnding = ".ndjson";
constexpr std::size_t kSurveyBytes = 8u << 20;  // decoded at once: bounds memory, not the store

void add_to(StoreContents& contents, const SpanBatch& batch) {
  for (const SpanData& span : batch.spans) {
    TraceSummary& trace = contents.traces[span.trace_id];
    ++trace.spans;
    trace.first_ns = std::min(trace.first_ns, span.start_unix_ns);
    if (!span.parent_id.valid()) trace.root_ns = std::max(trace.root_ns, span.start_unix_ns);
  }
}

// The next whole lines of about so many bytes.
std::string_view take_lines(std::string_view& text, std::size_t bytes) {
  std::size_t end = text.size() <= bytes ? text.npos : text.find('\n', bytes);
  end = end == text.npos ? text.size() : end + 1;
  const std::string_view lines = text.substr(0, end);
  text.remove_prefix(end);
  return lines;
}

void survey_segment(std::string_view text, StoreContents& contents) {
  wire::EventDecoder decoder;
  while (!text.empty()) {
    decoder.add_lines(take_lines(text, kSurveyBytes));
    contents.damaged += decoder.damaged();
    for (const wire::DecodedGroup& group : decoder.take()) add_to(contents, group.batch);
  }
}

// Only lines in which the trace's id stands at all are decoded. Writers of this store print ids in
// lower case.
void decode_lines_with(std::string_view text, std::string_view id, wire::EventDecoder& decoder) {
  for (std::size_t hit = text.find(id); hit != text.npos; hit = text.find(id)) {
    const std::size_t newline = text.rfind('\n', hit);
    const std::size_t begin = newline == text.npos ? 0 : newline + 1;
    const std::size_t end = std::min(text.find('\n', hit), text.size());
    decoder.add(text.substr(begin, end - begin));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

}  // namespace

int inbox_error(const std::string& store) {
  DIR* const dir = opendir((store + "/" + std::string(kInboxName)).c_str());
  if (dir == nullptr) return errno;
  closedir(dir);
  return 0;
}

std::vector<std::string> find_segments(const std::vector<std::string>& directories) {
  std::vector<std::string> segments;
  for (const std::string& directory : directories) {
    const std::string inbox = directory + "/" + std::string(kInboxName);
    DIR* const dir = opendir(inbox.c_str());
    if (dir == nullptr) continue;
    const auto first = static_cast<std::ptrdiff_t>(segments.size());
    while (const dirent* const entry = readdir(dir)) {
      const std::string_view name = entry->d_name;
      if (name.size() > kSegmentEnding.size() && name[0] != '.' &&
          name.substr(name.size() - kSegmentEnding.size()) == kSegmentEnding)
        segments.push_back(inbox + "/" + std::string(name));
    }
    closedir(dir);
    std::sort(segments.begin() + first, segments.end());
  }
  return segments;
}

StoreContents survey(const std::vector<std::string>& segments) {
  StoreContents contents;
  for (const std::string& path : segments) {
    MappedFile file;
    if (file.open(path))
      survey_segment(file.bytes(), contents);
    else if (errno != ENOENT)  // ingested and removed meanwhile
      contents.unreadable.push_back(fmt::format("{}: {}", path, std::strerror(errno)));
  }
  return contents;
}

StoredTrace read_trace(const std::vector<std::string>& segments, const TraceId& trace) {
  wire::EventDecoder decoder;
  const std::string id = id_text(trace);
  for (const std::string& path : segments) {
    MappedFile file;
    if (file.open(path)) decode_lines_with(file.bytes(), id, decoder);
  }
  StoredTrace stored;
  stored.groups = decoder.take();
  for (const wire::DecodedGroup& group : stored.groups) stored.set.add(group.batch, trace);
  stored.set.settle();
  return stored;
}

}  // namespace autospan::cli
