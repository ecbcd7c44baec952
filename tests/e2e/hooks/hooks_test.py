"""-finstrument-functions on gcc and clang: names only, and no span survives the exception that left it."""

import argparse
import json
import os
import pathlib
import subprocess
import tempfile

PROGRAM = """
#include <stdexcept>
void UpdateDeep(int n) { if (n == 0) throw std::runtime_error("x"); UpdateDeep(n - 1); }
static inline int UpdateInner(int i) { return i & 1; }
int UpdateOk(int i) { return 1 + 0 * UpdateInner(i); }
int main() {
  int sum = 0;
  for (int i = 0; i < 500; ++i) { try { UpdateDeep(3); } catch (...) {} sum += UpdateOk(i); }
  return sum == 500 ? 3 : 1;
}
"""


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--build", required=True, type=pathlib.Path)
    build = arguments.parse_args().build
    with tempfile.TemporaryDirectory() as directory:
        source = pathlib.Path(directory) / "job.cpp"
        source.write_text(PROGRAM)
        for compiler in ("g++", "clang++-19"):
            for level in ("-O0", "-O2"):
                rings = tempfile.mkdtemp(dir=directory)
                job = pathlib.Path(directory) / "job"
                subprocess.run([compiler, level, "-finstrument-functions", source, "-o", job,
                                f"-L{build}/lib", "-lautospan-cyg", "-lautospan",
                                f"-Wl,-rpath,{build}/lib"], check=True)
                environment = {**os.environ, "AUTOSPAN_RING_DIR": rings, "AUTOSPAN_MATCH": "Update*"}
                assert subprocess.run([job], env=environment).returncode == 3, (compiler, level)
                dump = json.loads(subprocess.run([build / "bin/autospan", "dump", "--json"], check=True,
                                                 env=environment, capture_output=True).stdout)
                ok = [s for s in dump["spans"] if s["name"] == "UpdateOk"]
                inner = [s for s in dump["spans"] if s["name"] == "UpdateInner"]
                deep = [s for s in dump["spans"] if s["name"] == "UpdateDeep"]
                ids = {s["span_id"] for s in ok}
                assert (len(ok), len(inner), len(deep)) == (500, 500, 2000), (compiler, level, len(ok), len(inner), len(deep))
                assert all(s["parent_id"] is None for s in ok), (compiler, level)
                assert all(s["parent_id"] in ids for s in inner), (compiler, level)
                assert not dump["open"] and dump["lost"] == 0, (compiler, level, dump["open"][:2])


if __name__ == "__main__":
    main()
