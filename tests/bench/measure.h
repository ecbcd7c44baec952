// Interleaved sampling: every case gets one sample in turn, so that a machine's mood meets them all.
// A sample is the mean over a fixed number of calls, in nanoseconds.
#pragma once

#include <string>
#include <vector>

namespace autospan::bench {

struct Case {
  std::string name;
  void (*body)(long calls);
};

struct Row {
  std::string name;
  std::string unit = "ns";
  double min = 0, median = 0, p99 = 0;
  std::string skipped;   // why there are no figures; empty = there are
};

std::vector<Row> measure(const std::vector<Case>& cases, int samples, long calls);

// The table on stdout.
void print_rows(const std::vector<Row>& rows, const std::string& floor);
// {bench, machine, compiler, rows: […]}
bool write_json(const std::string& path, const std::string& bench, const std::vector<Row>& rows);

// Rows as lines "name min median p99", from one bench program to another.
void print_plain(const std::vector<Row>& rows);
std::vector<Row> read_plain(const std::string& command);

}  // namespace autospan::bench
