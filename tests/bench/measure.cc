#include "measure.h"

#include <fmt/format.h>
#include <sys/wait.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace autospan::bench {
namespace {

double one_sample(const Case& c, long calls) {
  const auto begin = std::chrono::steady_clock::now();
  c.body(calls);
  const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - begin;
  if (c.after) c.after();
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

// stub_NAME@gcc = {stub_, NAME, @gcc}
struct Kin {
  std::string before, name, after;
};
Kin kin_of(const std::string& row) {
  const std::size_t begin = row.rfind("stub_", 0) == 0 ? 5 : 0;
  const std::size_t end = std::min(row.find('@'), row.size());
  return {row.substr(0, begin), row.substr(begin, end - begin), row.substr(end)};
}

const Row* row_named(const std::vector<Row>& rows, const std::string& name) {
  for (const Row& r : rows)
    if (r.name == name && r.skipped.empty()) return &r;
  return nullptr;
}

const Row* base_of(const Row& row, const std::vector<Row>& rows, const std::vector<Base>& bases) {
  const Kin kin = kin_of(row.name);
  for (const Base& b : bases) {
    if (kin.name.find(b.part) == std::string::npos) continue;
    const Row* base = row_named(rows, kin.before + b.base + kin.after);
    if (base && base != &row && base->unit == row.unit && base->median > 0) return base;
    return nullptr;
  }
  return nullptr;
}

}  // namespace

std::vector<Samples> sample(const std::vector<Case>& cases, int samples, long calls) {
  std::vector<Samples> taken;
  for (const Case& c : cases) {
    taken.push_back({c.name, "ns", {}, {}});
    one_sample(c, calls);  // attaches, warms caches
  }
  for (int s = 0; s < samples; ++s)
    for (std::size_t i = 0; i < cases.size(); ++i)
      taken[i].values.push_back(one_sample(cases[i], calls));
  return taken;
}

Samples one(std::string name, std::string unit, double value) {
  return {std::move(name), std::move(unit), {value}, {}};
}
Samples skip(std::string name, std::string reason) {
  return {std::move(name), "ns", {}, std::move(reason)};
}

Row row_of(Samples s) {
  Row row{s.name, s.unit, 0, 0, 0, s.skipped};
  if (s.values.empty()) {
    if (row.skipped.empty()) row.skipped = "nothing measured";
    return row;
  }
  row.skipped.clear();
  std::sort(s.values.begin(), s.values.end());
  const auto at = [&](double q) { return s.values[std::size_t(q * double(s.values.size() - 1))]; };
  row.min = at(0);
  row.median = at(0.5);
  row.p99 = at(0.99);
  return row;
}

void Pool::add(std::vector<Samples> more) {
  for (Samples& s : more) {
    const auto same =
        std::find_if(all_.begin(), all_.end(), [&](const Samples& a) { return a.name == s.name; });
    if (same == all_.end()) {
      all_.push_back(std::move(s));
      continue;
    }
    if (same->values.empty()) same->unit = s.unit;
    same->values.insert(same->values.end(), s.values.begin(), s.values.end());
  }
}

const Samples* Pool::find(const std::string& name) const {
  for (const Samples& s : all_)
    if (s.name == name) return &s;
  return nullptr;
}

std::vector<Row> Pool::rows() const {
  std::vector<Row> rows;
  for (const Samples& s : all_) rows.push_back(row_of(s));
  return rows;
}

void print_rows(const std::vector<Row>& rows, const std::vector<Base>& bases) {
  fmt::print("{:<34} {:>11} {:>11} {:>11} {:<12} {:>16} {:>17}\n", "case", "min", "median", "p99",
             "unit", "ratio min/median", "more, min/median");
  for (const Row& r : rows) {
    if (!r.skipped.empty()) {
      fmt::print("{:<34} skipped: {}\n", r.name, r.skipped);
      continue;
    }
    fmt::print("{:<34} {:>11.2f} {:>11.2f} {:>11.2f} {:<12}", r.name, r.min, r.median, r.p99,
               r.unit);
    if (const Row* base = base_of(r, rows, bases))
      fmt::print(" {:>8.3f} {:>7.3f} {:>9.2f} {:>7.2f} over {}", r.min / base->min,
                 r.median / base->median, r.min - base->min, r.median - base->median, base->name);
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
      out +=
          fmt::format(",\"min\":{:.3f},\"median\":{:.3f},\"p99\":{:.3f}}}", r.min, r.median, r.p99);
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

void print_samples(const std::vector<Samples>& samples) {
  std::string out;
  for (const Samples& s : samples) {
    out += "row " + s.name;
    if (s.values.empty()) {
      out += " skipped " + s.skipped;
    } else {
      out += ' ' + s.unit;
      for (double v : s.values) out += fmt::format(" {:.3f}", v);
    }
    out += '\n';
  }
  std::fwrite(out.data(), 1, out.size(), stdout);
  std::fflush(stdout);
}

std::vector<Samples> read_samples(const std::string& command,
                                  const std::vector<std::string>& names) {
  std::vector<Samples> read;
  std::string complaint = "it did not run";
  // stderr comes along: lines that are no samples are what it has to say.
  std::FILE* pipe = popen(("{ " + command + "; } 2>&1").c_str(), "r");
  if (!pipe) complaint = "no process for it";
  char* line = nullptr;
  std::size_t room = 0;
  while (pipe && getline(&line, &room, pipe) > 0) {
    std::istringstream in(line);
    std::string first;
    if (in >> first && first != "row") {
      complaint.assign(line, std::string(line).find('\n'));
      if (first == "#") std::fputs(line, stderr);
      continue;
    }
    Samples s;
    in >> s.name >> s.unit;
    if (s.unit == "skipped") {
      std::getline(in >> std::ws, s.skipped);
      s.unit = "ns";
    }
    for (double v; in >> v;) s.values.push_back(v);
    read.push_back(std::move(s));
  }
  std::free(line);
  if (pipe) {
    const int status = pclose(pipe);
    if (WIFSIGNALED(status)) complaint = fmt::format("it died of signal {}", WTERMSIG(status));
  }
  for (const std::string& name : names)
    if (std::none_of(read.begin(), read.end(), [&](const Samples& s) { return s.name == name; }))
      read.push_back(skip(name, complaint));
  return read;
}

int rows_main(int argc, char** argv, const std::vector<Case>& cases) {
  const int samples = argc > 1 ? std::atoi(argv[1]) : 100;
  const long calls = argc > 2 ? std::atol(argv[2]) : 2000;
  print_samples(sample(cases, samples, calls));
  return 0;
}

}  // namespace autospan::bench
