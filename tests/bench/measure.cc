#include "measure.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <sstream>

namespace autospan::bench {
namespace {

double one_sample(const Case& c, long calls) {
  const auto begin = std::chrono::steady_clock::now();
  c.body(calls);
  const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - begin;
  return took.count() / double(calls);
}

std::string machine() {
  std::ifstream cpuinfo("/proc/cpuinfo");
  std::string line, model = "unknown";
  int cores = 0;
  while (std::getline(cpuinfo, line)) {
    if (line.rfind("processor", 0) == 0) ++cores;
    if (line.rfind("model name", 0) == 0) model = line.substr(line.find(':') + 2);
  }
  return fmt::format("{}, {} cores", model, cores);
}

std::string compiler() {
#if defined(__clang__)
  return "clang " __clang_version__;
#else
  return "gcc " __VERSION__;
#endif
}

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

}  // namespace

std::vector<Row> measure(const std::vector<Case>& cases, int samples, long calls) {
  std::vector<std::vector<double>> taken(cases.size());
  for (const Case& c : cases) one_sample(c, calls);  // attaches, warms caches
  for (int s = 0; s < samples; ++s)
    for (std::size_t i = 0; i < cases.size(); ++i) taken[i].push_back(one_sample(cases[i], calls));
  std::vector<Row> rows;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    std::sort(taken[i].begin(), taken[i].end());
    const auto at = [&](double q) { return taken[i][std::size_t(q * double(samples - 1))]; };
    rows.push_back({cases[i].name, "ns", taken[i].front(), at(0.5), at(0.99), {}});
  }
  return rows;
}

void print_rows(const std::vector<Row>& rows, const std::string& floor) {
  double floor_min = 0, floor_median = 0;
  for (const Row& r : rows)
    if (r.name == floor) {
      floor_min = r.min;
      floor_median = r.median;
    }
  fmt::print("{:<20} {:>9} {:>9} {:>9}   {:>14}\n", "case", "min", "median", "p99",
             "over " + floor);
  for (const Row& r : rows) {
    if (!r.skipped.empty()) {
      fmt::print("{:<20} skipped: {}\n", r.name, r.skipped);
      continue;
    }
    fmt::print("{:<20} {:>9.2f} {:>9.2f} {:>9.2f}", r.name, r.min, r.median, r.p99);
    if (floor_min > 0 && r.name.rfind("stub_", 0) != 0)
      fmt::print("   {:>6.3f} {:>6.3f}", r.min / floor_min, r.median / floor_median);
    fmt::print("\n");
  }
}

bool write_json(const std::string& path, const std::string& bench, const std::vector<Row>& rows) {
  std::string out = fmt::format("{{\"bench\":{},\"machine\":{},\"compiler\":{},\"rows\":[",
                                quoted(bench), quoted(machine()), quoted(compiler()));
  const char* comma = "";
  for (const Row& r : rows) {
    out += fmt::format("{}\n  {{\"case\":{},\"unit\":{}", comma, quoted(r.name), quoted(r.unit));
    if (r.skipped.empty())
      out += fmt::format(",\"min\":{:.3f},\"median\":{:.3f},\"p99\":{:.3f}}}", r.min, r.median, r.p99);
    else
      out += fmt::format(",\"skipped\":{}}}", quoted(r.skipped));
    comma = ",";
  }
  out += "\n]}\n";
  std::FILE* file = std::fopen(path.c_str(), "w");
  if (!file) {
    std::perror(path.c_str());
    return false;
  }
  std::fwrite(out.data(), 1, out.size(), file);
  return std::fclose(file) == 0;
}

void print_plain(const std::vector<Row>& rows) {
  for (const Row& r : rows) fmt::print("{} {} {} {}\n", r.name, r.min, r.median, r.p99);
}

std::vector<Row> read_plain(const std::string& command) {
  std::vector<Row> rows;
  std::FILE* pipe = popen(command.c_str(), "r");
  if (!pipe) return rows;
  char line[256];
  while (std::fgets(line, sizeof line, pipe)) {
    std::istringstream in(line);
    Row r;
    if (in >> r.name >> r.min >> r.median >> r.p99) rows.push_back(r);
  }
  pclose(pipe);
  return rows;
}

}  // namespace autospan::bench
