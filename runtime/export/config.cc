// read_export_config: the variables of design §6, each judged on its own, every complaint a
// sentence.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>

#include "export/dataset.h"
#include "export/duration.h"
#include "export/message.h"
#include "export/pipeline.h"
#include "export/store_directory.h"
#include "export/variable.h"

namespace autospan {
namespace {

constexpr std::string_view kDefaultEndpoint = "https://api.honeycomb.io";
constexpr std::size_t kKeyFileBytesMax = 4096;
constexpr std::string_view kKnown = "honeycomb, otlp, local, file:PATH, console, none";

using model::trimmed;
using Warnings = std::vector<std::string>;

// What a stranger's value looks like in a message: short, and nothing a terminal would obey.
std::string shown(std::string_view value) {
  std::string text(value.substr(0, 80));
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  return value.size() > 80 ? text + "…" : text;
}

std::string key_from_file(std::string_view path, Warnings& warnings) {
  const std::string name(path);
  const int fd = open(name.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  struct stat status;
  char bytes[kKeyFileBytesMax];
  ssize_t count = -1;
  if (fd >= 0 && fstat(fd, &status) == 0 && S_ISREG(status.st_mode))
    count = read(fd, bytes, sizeof bytes);
  if (fd >= 0) close(fd);
  if (count < 0) {
    warnings.push_back(fmt::format(
        "HONEYCOMB_API_KEY_FILE: cannot read '{}' as a file; honeycomb has no key", shown(path)));
    return {};
  }
  return std::string(trimmed({bytes, static_cast<std::size_t>(count)}));
}

// A key goes into a header: whatever could end that header is not a key.
bool usable_key(std::string_view key) {
  return !key.empty() &&
         std::all_of(key.begin(), key.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

std::string read_key(const Environment& env, Warnings& warnings) {
  std::string_view source = "HONEYCOMB_API_KEY";
  std::string key(variable(env, "HONEYCOMB_API_KEY"));
  if (key.empty()) {
    source = "HONEYCOMB_API_KEY_FILE";
    const std::string_view path = variable(env, "HONEYCOMB_API_KEY_FILE");
    if (path.empty()) {
      warnings.push_back(
          "AUTOSPAN_EXPORT names honeycomb, but there is no key: set "
          "HONEYCOMB_API_KEY or HONEYCOMB_API_KEY_FILE");
      return {};
    }
    const std::size_t before = warnings.size();
    key = key_from_file(path, warnings);
    if (warnings.size() != before) return {};
  }
  if (usable_key(key)) return key;
  warnings.push_back(
      fmt::format("{}: a key of {} bytes that are not all printable ASCII is no "
                  "Honeycomb key; honeycomb is left out",
                  source, key.size()));
  return {};
}

bool is_http_url(std::string_view url) {
  const std::size_t host = url.substr(0, 7) == "http://"    ? 7
                           : url.substr(0, 8) == "https://" ? 8
                                                            : 0;
  return host != 0 && url.size() > host && url[host] != '/' && url[host] != '?' &&
         std::all_of(url.begin(), url.end(), [](char c) { return c > 0x20 && c < 0x7f; }) &&
         url.find_first_of("?#") == url.npos;
}

std::string without_trailing_slashes(std::string_view url) {
  while (!url.empty() && url.back() == '/') url.remove_suffix(1);
  return std::string(url);
}

void read_honeycomb(const Environment& env, ExportConfig& config, Warnings& warnings) {
  HoneycombConfig honeycomb;
  honeycomb.api_key = read_key(env, warnings);
  if (honeycomb.api_key.empty()) return;
  const std::string_view endpoint = variable(env, "HONEYCOMB_API_ENDPOINT");
  honeycomb.endpoint = without_trailing_slashes(endpoint.empty() ? kDefaultEndpoint : endpoint);
  if (!is_http_url(honeycomb.endpoint)) {
    warnings.push_back(
        fmt::format("HONEYCOMB_API_ENDPOINT: '{}' is no http:// or https:// address; "
                    "honeycomb is left out",
                    shown(delivery::without_credentials(endpoint))));
    return;
  }
  honeycomb.dataset = variable(env, "HONEYCOMB_DATASET");
  if (!honeycomb.dataset.empty() && !is_classic_key(honeycomb.api_key)) {
    warnings.push_back(
        fmt::format("HONEYCOMB_DATASET='{}' is ignored: with a key of an environment "
                    "the dataset is the service name",
                    shown(honeycomb.dataset)));
    honeycomb.dataset.clear();
  }
  config.honeycomb = true;
  config.honeycomb_config = std::move(honeycomb);
}

void read_local(const Environment& env, ExportConfig& config, Warnings& warnings) {
  config.store = store_directory(env);
  config.local = !config.store.empty();
  if (!config.local)
    warnings.push_back(
        "AUTOSPAN_EXPORT names local, but there is no place for its store: set "
        "AUTOSPAN_STORE to a directory");
}

void add_exporter(std::string_view name, const Environment& env, ExportConfig& config,
                  Warnings& warnings) {
  constexpr std::string_view kFile = "file:";
  if (name == "honeycomb") {
    if (!config.honeycomb) read_honeycomb(env, config, warnings);
  } else if (name == "local") {
    if (!config.local) read_local(env, config, warnings);
  } else if (name == "console") {
    config.console = true;
  } else if (name.substr(0, kFile.size()) == kFile) {
    std::string path = absolute_path(name.substr(kFile.size()));
    if (path.empty())
      warnings.push_back("AUTOSPAN_EXPORT: 'file:' needs a path, as in file:/tmp/spans.ndjson");
    else if (std::find(config.files.begin(), config.files.end(), path) == config.files.end())
      config.files.push_back(std::move(path));
  } else if (name == "otlp") {
    warnings.push_back(
        "otlp: not in this build; nothing is sent there; AUTOSPAN_EXPORT takes honeycomb, local, "
        "file:PATH and console");
  } else {
    warnings.push_back(
        fmt::format("AUTOSPAN_EXPORT: '{}' is none of {}; it is left out", shown(name), kKnown));
  }
}

std::vector<std::string_view> split_list(std::string_view list) {
  std::vector<std::string_view> names;
  for (;;) {
    const std::size_t comma = list.find(',');
    if (const std::string_view name = trimmed(list.substr(0, comma)); !name.empty())
      names.push_back(name);
    if (comma == list.npos) return names;
    list.remove_prefix(comma + 1);
  }
}

void read_named_exporters(std::string_view list, const Environment& env, ExportConfig& config,
                          Warnings& warnings) {
  const std::vector<std::string_view> names = split_list(list);
  const bool none = std::find(names.begin(), names.end(), "none") != names.end();
  if (none && names.size() > 1)
    warnings.push_back(
        fmt::format("AUTOSPAN_EXPORT='{}': none beside others means none; take it "
                    "out of the list to export",
                    shown(list)));
  if (none) return;
  for (std::string_view name : names) add_exporter(name, env, config, warnings);
}

void read_default_exporters(const Environment& env, ExportConfig& config, Warnings& warnings) {
  if (!variable(env, "HONEYCOMB_API_KEY").empty() ||
      !variable(env, "HONEYCOMB_API_KEY_FILE").empty())
    return read_honeycomb(env, config, warnings);
  if (!variable(env, "OTEL_EXPORTER_OTLP_ENDPOINT").empty())
    warnings.push_back("otlp: not in this build; OTEL_EXPORTER_OTLP_ENDPOINT is not used");
}

void read_count(const Environment& env, const char* name, std::uint32_t& count,
                Warnings& warnings) {
  const std::string_view text = variable(env, name);
  if (text.empty()) return;
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc() && end == text.data() + text.size())
    count = value;
  else
    warnings.push_back(fmt::format("{}: '{}' is no whole number below 2^32; {} stays in force",
                                   name, shown(text), count));
}

void read_deadline(const Environment& env, ExportConfig& config, Warnings& warnings) {
  constexpr const char* kName = "AUTOSPAN_EXIT_DEADLINE";
  const std::string_view text = variable(env, kName);
  if (text.empty()) return;
  if (const auto duration = parse_duration(text))
    config.exit_deadline = std::chrono::duration_cast<std::chrono::milliseconds>(*duration);
  else
    warnings.push_back(
        fmt::format("{}: '{}' is no duration (a number with us, ms, s, m, h or d); "
                    "{} ms stays in force",
                    kName, shown(text), config.exit_deadline.count()));
}

}  // namespace

ExportConfig read_export_config(const Environment& env, std::vector<std::string>& warnings) {
  ExportConfig config;
  if (const std::string_view list = variable(env, "AUTOSPAN_EXPORT"); !list.empty())
    read_named_exporters(list, env, config, warnings);
  else
    read_default_exporters(env, config, warnings);
  read_count(env, "AUTOSPAN_TRACE_SPANS_MAX", config.trace_spans_max, warnings);
  read_count(env, "AUTOSPAN_EXPORT_RATE_MAX", config.rate_max, warnings);
  read_deadline(env, config, warnings);
  if (const std::string_view path = variable(env, "AUTOSPAN_EXPORT_LIBRARY"); !path.empty())
    config.export_library = absolute_path(path);
  return config;
}

}  // namespace autospan
