// Interleaved sampling: every case gets one sample in turn, so that a machine's mood meets them
// all. A sample is the mean over a fixed number of calls, in nanoseconds. What cannot share a
// process (an environment, a compiler, a peer's runtime) is a program of its own; the bench runs
// the programs round after round and pools their samples.
#pragma once

#include <string>
#include <vector>

namespace autospan::bench {

struct Case {
  std::string name;
  void (*body)(long calls);
  void (*after)() = nullptr;  // not timed: empties what the body filled
};

struct Samples {
  std::string name;
  std::string unit = "ns";
  std::vector<double> values;
  std::string skipped;  // why there are none
};

struct Row {
  std::string name;
  std::string unit = "ns";
  double min = 0, median = 0, p99 = 0;
  std::string skipped;  // why there are no figures; empty = there are
};

std::vector<Samples> sample(const std::vector<Case>& cases, int samples, long calls);
Samples one(std::string name, std::string unit, double value);
Samples skip(std::string name, std::string reason);
Row row_of(Samples samples);

// Samples by name, in the order in which the names first came.
class Pool {
 public:
  void add(std::vector<Samples> more);
  const Samples* find(const std::string& name) const;
  std::vector<Row> rows() const;

 private:
  std::vector<Samples> all_;
};

// Rows whose name contains `part` are compared with the row `base`; those of the stubbed clock and
// of g++ with their own: stub_span@gcc with stub_floor@gcc.
struct Base {
  std::string part, base;
};
// The table on stdout: beside each row its ratio to, and its distance from, the base that the first
// fitting one of `bases` names.
void print_rows(const std::vector<Row>& rows, const std::vector<Base>& bases);
// {bench, machine, compiler, rows: […]}
bool write_json(const std::string& path, const std::string& bench, const std::vector<Row>& rows);

// Samples as lines "row NAME UNIT VALUE…" or "row NAME skipped REASON", from one program to
// another.
void print_samples(const std::vector<Samples>& samples);
// Names that the program did not tell of are skipped, for what it said last. Lines that begin with
// # are remarks, passed on to stderr.
std::vector<Samples> read_samples(const std::string& command,
                                  const std::vector<std::string>& names);

// The main of a program of rows: argv[1] = samples, argv[2] = calls a sample.
int rows_main(int argc, char** argv, const std::vector<Case>& cases);

}  // namespace autospan::bench
