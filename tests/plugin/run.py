#!/usr/bin/env python3
"""Runs plugin cases: compile with the plugin, run, compare the span tree.

A case is a folder below cases/ with input.cc or input.c, and

  flags      one a line: `-…` for the compiler, anything else for the plugin (`match=Update*`)
  expected   what the program and then the recorder print; the same at -O0 and -O2
  env        optional: NAME=VALUE a line, for the run

run.py --clang 19 --plugin FILE --work DIR [--include DIR]… [--accept] CASE…
"""
import argparse
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent


def run(command, **more):
    return subprocess.run(command, text=True, errors="replace", stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=120, **more)


class Suite:
    def __init__(self, args):
        self.args = args
        self.work = pathlib.Path(args.work)
        self.work.mkdir(parents=True, exist_ok=True)
        self.includes = [f"-I{d}" for d in args.include]

    def compiler(self, source):
        return f"clang-{self.args.clang}" if source.suffix == ".c" else f"clang++-{self.args.clang}"

    def recorder(self, sanitize):
        made = self.work / ("tree-sanitized.o" if sanitize else "tree.o")
        source = HERE / "support/abi_tree.cc"
        if not made.exists() or made.stat().st_mtime < source.stat().st_mtime:
            # Cases run in parallel: each makes its own and moves it into place.
            own = made.with_suffix(f".{os.getpid()}")
            done = run([f"clang++-{self.args.clang}", "-std=c++17", "-O1", "-c", str(source),
                        "-o", str(own), *self.includes, *sanitize])
            if done.returncode:
                raise SystemExit("the test recorder does not compile:\n" + done.stdout)
            own.rename(made)
        return str(made)

    def variants(self, flags):
        if "no-sanitizers" in flags:
            return [(["-O0"], []), (["-O2"], [])]
        return [(["-O0"], []), (["-O2"], []),
                (["-O1", "-g"], ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"])]

    def case(self, name):
        folder = HERE / "cases" / name
        flags = lines_of(folder / "flags")
        environment = dict(os.environ, ASAN_OPTIONS="detect_leaks=0", **{
            key: value for key, value in (line.split("=", 1) for line in lines_of(folder / "env"))})
        problems = []
        for level, sanitize in self.variants(flags):
            tag = f"{name}{level[0]}"
            got = self.output(folder, tag, level + sanitize, self.plugin_flags(flags), sanitize,
                              environment)
            expected = folder / "expected"
            if self.args.accept:
                expected.write_text(got)
            want = expected.read_text() if expected.exists() else ""
            if got != want:
                problems.append(difference(f"{name} {' '.join(level + sanitize)}", want, got))
        # What the program itself prints is what it prints without the plugin.
        plain = self.output(folder, f"{name}-plain", ["-O0", "-Wno-unknown-attributes"],
                            [flag for flag in flags if flag.startswith("-")], [], environment)
        if plain not in (folder / "expected").read_text():
            problems.append(f"--- {name}: prints otherwise without the plugin:\n{plain}")
        return problems

    def output(self, folder, tag, level, flags, sanitize, environment):
        sources = sorted(folder.glob("*.cc")) + sorted(folder.glob("*.c"))
        objects, said = [], ""
        for source in sources:
            made = self.work / f"{tag}-{source.stem}.o"
            done = run([self.compiler(source), *level, *flags, *self.includes, "-c", source.name,
                        "-o", str(made)], cwd=folder)
            said += done.stdout
            if done.returncode:
                return f"{said}compiling {source.name} failed\n"
            objects.append(str(made))
        program = self.work / tag
        done = run([f"clang++-{self.args.clang}", *sanitize, *objects, self.recorder(sanitize),
                    "-pthread", "-o", str(program)])
        if done.returncode:
            return f"{said}linking:\n{done.stdout}"
        done = run([str(program)], env=environment)
        ending = f"exit {done.returncode}\n" if done.returncode else ""
        return said + done.stdout + ending

    def plugin_flags(self, flags):
        ours = [f"-fplugin={self.args.plugin}"]
        for flag in flags:
            if flag == "no-sanitizers":
                continue
            ours.append(flag if flag.startswith("-") else f"-fplugin-arg-autospan-{flag}")
        return ours


def lines_of(path):
    return path.read_text().splitlines() if path.exists() else []


def difference(title, want, got):
    import difflib
    lines = difflib.unified_diff(want.splitlines(), got.splitlines(), "expected", "got", lineterm="")
    return f"--- {title}\n" + "\n".join(lines)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--clang", required=True)
    parser.add_argument("--plugin", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("--include", action="append", default=[])
    parser.add_argument("--accept", action="store_true", help="write what came out as expected")
    parser.add_argument("case", nargs="+")
    args = parser.parse_args()
    suite = Suite(args)
    problems = []
    for name in args.case:
        problems += suite.case(name)
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
