#!/usr/bin/env python3
"""Projects out of Debian, compiled whole with a span in every function, and their own suites run
plain beside instrumented, at -O2 and under ASan + UBSan. Writes build/real.json:

  [{project, plain, instrumented, spans, compile_ratio, text_ratio, failures, sanitized}]

a row a project; plain and instrumented are "passed/total" at -O2, `failures` names the tests that pass
plain only, `sanitized` is {plain, instrumented, spans, failures, reports} of the same suite with the
sanitizers, `reports` what these say of the instrumented program alone; `spans` are those recorded.

real.py --build DIR [--clang 19] [--jobs N] [--level O2|sanitized]… [--returns] [PROJECT…]
"""
import argparse
import json
import os
import pathlib
import shutil
import sys
import tempfile
import time

import building
import project as projects
import sources
import spans
import suites

# Symbols keep a sanitizer's reports comparable; a leak is no one's concern here, and the Debian
# libraries that a suite links know nothing of the containers' annotations.
SANITIZERS = {"ASAN_OPTIONS": "detect_leaks=0:detect_container_overflow=0",
              "UBSAN_OPTIONS": "print_stacktrace=0"}
SHOWN = 10


class Suite:
    """A project's own tests, built one way."""

    def __init__(self, tree, scratch):
        self.tree = tree
        self.scratch = scratch
        self.tests = {}
        self.reports = set()
        self.spans = 0

    def run(self, jobs):
        self.tree.make(jobs)
        ring_dir = pathlib.Path(tempfile.mkdtemp(prefix="autospan-real-", dir=memory_folder()))
        autospan = self.tree.tools.build / "bin/autospan"
        env = dict(SANITIZERS)
        if self.tree.instrumented:
            env.update(spans.environment(ring_dir, self.tree.project.budget))
        try:
            for program in self.tree.project.programs:
                tests, said = suites.run_program(
                    program, self.tree.program(program), self.tree.source, self.scratch / program.name, env,
                    self.tree.project.skipped(program))
                self.tests.update(tests)
                self.reports |= suites.reports(said)
                self.spans += spans.count_and_remove(autospan, ring_dir)
        finally:
            shutil.rmtree(ring_dir, ignore_errors=True)

    def passed(self):
        return f"{sum(self.tests.values())}/{len(self.tests)}"


def memory_folder():
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def note(text):
    print(text, file=sys.stderr, flush=True)


def compare(tools, project, work, level, jobs):
    """One level of one project: plain, then instrumented."""
    source = sources.unpack(project.package, work)
    pair = []
    for instrumented in (False, True):
        tree = building.Tree(tools, project, source, work, level, instrumented)
        suite = Suite(tree, work / project.package / f"run-{tree.dir.name}")
        began = time.monotonic()
        try:
            suite.run(jobs)
        except building.Failed as failed:
            note(str(failed))
            if not instrumented:
                raise
        note(f"{project.package} {tree.dir.name}: {suite.passed()} passed, {suite.spans} spans, "
             f"{time.monotonic() - began:.0f} s")
        pair.append(suite)
    plain, traced = pair
    if not plain.tests:
        raise building.Failed(f"{project.package} {plain.tree.dir.name}: its programs ran no test")
    if not traced.spans:
        note(f"{project.package} {traced.tree.dir.name}: no span was recorded; is the plugin's flag in the build?")
    row = {"plain": plain.passed(), "instrumented": traced.passed(), "spans": traced.spans,
           "failures": sorted(test for test, passed in plain.tests.items()
                              if passed and not traced.tests.get(test))}
    if level == "O2":
        row["compile_ratio"] = compile_ratio(plain.tree, traced.tree)
        row["text_ratio"] = round(traced.tree.text() / plain.tree.text(), 3)
    else:
        row["reports"] = sorted(traced.reports - plain.reports)
    return row


def compile_ratio(plain, traced):
    one, other = plain.seconds(), traced.seconds()
    both = one.keys() & other.keys()
    return round(sum(other[o] for o in both) / max(sum(one[o] for o in both), 0.001), 3)


def table(rows):
    lines = [("project", "plain", "spans in all", "spans", "compile", "text", "sanitized", "spans in all")]
    for row in rows:
        sanitized = row.get("sanitized") or {}
        lines.append((row["project"], row.get("plain", "-"), row.get("instrumented", "-"),
                      f"{row.get('spans', 0):,}", f"{row.get('compile_ratio', 0):.2f} x",
                      f"{row.get('text_ratio', 0):.2f} x", sanitized.get("plain", "-"),
                      sanitized.get("instrumented", "-")))
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    for line in lines:
        print("  ".join(word.ljust(w) if i == 0 else word.rjust(w)
                        for i, (word, w) in enumerate(zip(line, widths))))


def write_rows(path, rows):
    """Rows of projects that were not run now stay."""
    kept = {}
    if path.exists():
        kept = {row["project"]: row for row in json.loads(path.read_text())}
    for row in rows:
        kept[row["project"]] = {**kept.get(row["project"], {}), **row}
    merged = [kept[name] for name in sorted(kept)]
    path.write_text(json.dumps(merged, indent=1) + "\n")
    return merged


def complaints(row):
    sanitized = row.get("sanitized") or {}
    said = [f"{row['project']}: recorded no span" for made in (row, sanitized)
            if "spans" in made and not made["spans"]]
    for level, failures in (("-O2", row.get("failures", [])), ("sanitized", sanitized.get("failures", []))):
        said += [f"{row['project']}, {level}: passes plain and fails instrumented: {test}"
                 for test in failures[:SHOWN]]
        if len(failures) > SHOWN:
            said.append(f"{row['project']}, {level}: … and {len(failures) - SHOWN} more, in real.json")
    return said + [f"{row['project']}, sanitized: reported instrumented only: {line}"
                   for line in sanitized.get("reports", [])]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True, type=pathlib.Path)
    parser.add_argument("--clang", default="19")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--level", action="append", choices=list(building.LEVELS))
    parser.add_argument("--returns", action="store_true", help="capture what functions return, too")
    parser.add_argument("project", nargs="*", metavar="PROJECT", help=", ".join(projects.names()))
    args = parser.parse_args()
    unknown = set(args.project) - set(projects.names())
    if unknown:
        parser.error(f"no such project: {', '.join(sorted(unknown))}; known: {', '.join(projects.names())}")

    build = args.build.resolve()
    work = build / "real"
    work.mkdir(parents=True, exist_ok=True)
    tools = building.Tools(build, args.clang)
    if args.returns:
        rules = work / "returns.yaml"
        rules.write_text('spans:\n  - where: {function: "**"}\n    do: {return: true}\n')
        tools.rules = str(rules)
    rows, wrong, merged = [], [], []
    for name in args.project or projects.names():
        row = {"project": name}
        for level in args.level or building.LEVELS:
            try:
                found = compare(tools, projects.load(name), work, level, args.jobs)
            except (sources.Unavailable, building.Failed) as failed:
                wrong.append(f"{name}, {level}: {failed}")  # the others are worth their hour all the same
                continue
            row.update(found if level == "O2" else {level: found})
            merged = write_rows(build / "real.json", [row])
        rows.append(row)
    table([row for row in merged if row["project"] in {r["project"] for r in rows}])
    wrong += [line for row in rows for line in complaints(row)]
    for line in wrong:
        print(line)
    print(f"written to {build / 'real.json'}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
