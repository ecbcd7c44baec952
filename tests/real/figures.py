#!/usr/bin/env python3
"""What spans cost leveldb's library: the compiler's user time and the text of its objects, and its own
benchmark's time while everything is off, each beside the plain build. The least of several rounds counts,
file by file; rounds of the builds alternate, so that a busy moment meets all of them.

figures.py --build DIR [--clang 19] [--rounds 5] [--bench-rounds 7]
"""
import argparse
import json
import os
import pathlib
import re
import resource
import shlex
import subprocess
import sys
import tempfile

import building
import project as projects
import sources

# What is selected, and what it may cost: user time, text, the benchmark while off.
SELECTIONS = {
    "*": (["--match", "*"], 1.12, 1.25, 1.02),
    "*, min_statements 0": (["--match", "*", "--min-statements", "0"], 1.25, 1.60, None),
    "Compact*": (["--match", "Compact*"], 1.03, 1.02, None),
}
SHIPPED = ["-O2", "-DNDEBUG"]
BENCH = ["--benchmarks=fillseq,readrandom,readseq", "--num=150000"]


def library_compiles(tree):
    """The commands of the library's own files, without output and level."""
    found = []
    for entry in json.loads((tree.dir / "compile_commands.json").read_text()):
        words = shlex.split(entry["command"])
        out = words[words.index("-o") + 1]
        if "/leveldb.dir/" not in out:
            continue
        words = words[[i for i, word in enumerate(words) if "clang" in word][0]:]
        del words[words.index("-o"):words.index("-o") + 2]
        found.append((entry["file"], [word for word in words if word not in ("-O2", "-g0")]))
    return found


def user_seconds(command, folder):
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    subprocess.run(command, cwd=folder, check=True)
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before


def text_of(objects):
    done = subprocess.run(["size", "-t", *map(str, objects)], text=True, check=True, stdout=subprocess.PIPE)
    return int(done.stdout.splitlines()[-1].split()[0])


class Variant:
    def __init__(self, name, folder, flags):
        self.name = name
        self.flags = flags
        self.folder = folder / re.sub(r"\W+", "_", name)
        self.folder.mkdir(exist_ok=True)
        self.least = {}

    def compile(self, compiles, where):
        for number, (file, words) in enumerate(compiles):
            out = self.folder / f"{number}.o"
            took = user_seconds([*words, *SHIPPED, *self.flags, "-o", str(out)], where)
            self.least[file] = min(took, self.least.get(file, took))

    def seconds(self):
        return sum(self.least.values())

    def text(self):
        return text_of(self.folder.glob("[0-9]*.o"))

    def sites(self):
        """Sites in the objects, those of inline functions once."""
        done = subprocess.run(["nm", "-C", *map(str, self.folder.glob("[0-9]*.o"))], text=True, check=True,
                              stdout=subprocess.PIPE)
        return len({line.split(" ", 2)[-1] for line in done.stdout.splitlines() if "__autospan_site" in line})

    def bench(self, tree, link):
        """leveldb's db_bench, of this variant's objects and plain ones of the benchmark's own."""
        made = self.folder / "db_bench"
        own = [tree.source / name for name in ("benchmarks/db_bench.cc", "util/histogram.cc", "util/testutil.cc")]
        subprocess.run([f"clang++-{tree.tools.clang}", "-std=c++11", *SHIPPED, "-DLEVELDB_PLATFORM_POSIX=1",
                        f"-I{tree.source}", f"-I{tree.source / 'include'}", f"-I{tree.dir / 'include'}",
                        *map(str, own), *map(str, sorted(self.folder.glob("[0-9]*.o"))), *link, "-lgtest",
                        "-pthread", "-o", str(made)], check=True)
        return made


def bench_seconds(program):
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None) as folder:
        done = subprocess.run([str(program), *BENCH, f"--db={folder}/db"], text=True, check=True, cwd=folder,
                              env=dict(os.environ, AUTOSPAN="standby", AUTOSPAN_RING_DIR=folder,
                                       AUTOSPAN_EXPORT="none"), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return {name: float(micros) for name, micros in
            re.findall(r"^(\w+)\s*:\s*([\d.]+) micros/op", done.stdout, re.MULTILINE)}


def run_benches(plain, others, rounds, tree, link):
    programs = {variant.name: variant.bench(tree, link) for variant in (plain, *others)}
    least = {}
    for _ in range(rounds):
        for name, program in programs.items():
            for bench, micros in bench_seconds(program).items():
                key = (name, bench)
                least[key] = min(micros, least.get(key, micros))
    return least


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True, type=pathlib.Path)
    parser.add_argument("--clang", default="19")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--bench-rounds", type=int, default=7)
    args = parser.parse_args()
    work = args.build.resolve() / "real"
    tools = building.Tools(args.build.resolve(), args.clang)
    recipe = projects.load("leveldb")
    try:
        source = sources.unpack("leveldb", work)
        tree = building.Tree(tools, recipe, source, work, "O2", instrumented=False)
        tree.prepare()
    except (sources.Unavailable, building.Failed) as failed:
        sys.exit(f"real: {failed}")
    compiles = library_compiles(tree)
    folder = work / "leveldb/figures"
    folder.mkdir(exist_ok=True)
    plain = Variant("plain", folder, [])
    others = [Variant(name, folder, tools.cli("flags", *flags)) for name, (flags, *_) in SELECTIONS.items()]
    for _ in range(args.rounds):
        for variant in (plain, *others):
            variant.compile(compiles, tree.dir)

    rows, missed = [], False
    print(f"leveldb's library, {len(compiles)} files, -O2 -DNDEBUG, least of {args.rounds} rounds: "
          f"{plain.seconds():.1f} s of user time, {plain.text():,} bytes of text")
    for variant in others:
        _, time_limit, text_limit, _ = SELECTIONS[variant.name]
        row = {"selection": variant.name, "sites": variant.sites(),
               "compile_ratio": round(variant.seconds() / plain.seconds(), 3), "compile_limit": time_limit,
               "text_ratio": round(variant.text() / plain.text(), 3), "text_limit": text_limit}
        missed |= row["compile_ratio"] > time_limit or row["text_ratio"] > text_limit
        rows.append(row)
        print(f"  {variant.name:22} {row['sites']:5} sites   user time {row['compile_ratio']:.3f} x "
              f"(at most {time_limit:.2f})   text {row['text_ratio']:.3f} x (at most {text_limit:.2f})")
    if args.bench_rounds:
        least = run_benches(plain, others, args.bench_rounds, tree, tools.cli("libs"))
        for row in rows:
            off_limit = SELECTIONS[row["selection"]][3]
            ratios = {bench: round(least[row["selection"], bench] / micros, 3)
                      for (name, bench), micros in least.items() if name == "plain"}
            row["off_ratios"] = ratios
            whole = sum(least[row["selection"], bench] for bench in ratios) / sum(
                least["plain", bench] for bench in ratios)
            row["off_ratio"], row["off_limit"] = round(whole, 3), off_limit
            missed |= off_limit is not None and whole > off_limit
            print(f"  db_bench, all off, built with {row['selection']:20} {whole:.3f} x" +
                  (f" (at most {off_limit})" if off_limit else "") + f"   {ratios}")
    (folder / "figures.json").write_text(json.dumps(rows, indent=1) + "\n")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
