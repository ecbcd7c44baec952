#!/usr/bin/env python3
"""Thousands of generated functions with throws, early returns, loops and recursion: every span that the
plugin opens is closed, and hangs where the program itself says that the call was made.

The program keeps a stack of its own: each function takes its number and its caller's, and says them at the
start. A function's span carries the two as arguments, so that the tree which the ring holds is judged
against the calls that were made: the parent's `id` must be the child's `caller`.

generated.py --clang 19 --tool BUILD/bin/autospan --work DIR [--functions 10000] [--seed N]
"""
import argparse
import collections
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys

HEAD = """// Made by tests/plugin/generated.py.
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
struct Guard { int* n; explicit Guard(int* p) : n(p) { ++*n; } ~Guard() { --*n; } };
static unsigned calls, thrown, caught;
static int live;
"""


def body(number, callees, draw):
    """One function, of a shape drawn from those that leave in different ways."""
    calls = [f"f{callee}(++calls, id, x + {draw.randrange(9)})" for callee in callees]
    lines = []
    for call in calls:
        form = draw.randrange(7)
        if form == 0:
            lines.append(f"  for (int i = 0; i < {draw.randrange(1, 4)}; ++i) {{ x += {call}; if (x % 5 == 1) break; }}")
        elif form == 1:
            lines.append(f"  try {{ x += {call}; }} catch (const std::runtime_error&) {{ ++caught; x += 3; }}")
        elif form == 2:
            lines.append(f"  if (x % {draw.randrange(2, 6)} == 0) return {call};")
        elif form == 3:
            lines.append(f"  {{ Guard inner(&live); x ^= {call}; }}")
        elif form == 4:
            lines.append(f"  switch (x & 3) {{ case 0: x += {call}; [[fallthrough]]; case 1: ++x; break; default: return x; }}")
        elif form == 5:
            lines.append(f"  x += [&] {{ return {call}; }}();")
        else:
            lines.append(f"  x += {call};")
    if draw.randrange(6) == 0:
        lines.append(f"  if (x % {draw.randrange(2, 5)} == 0) {{ ++thrown; throw std::runtime_error(\"f{number}\"); }}")
    if draw.randrange(9) == 0:
        lines.append("  if (x & 1) goto out;\n  x += 2;\nout:")
    return "\n".join(lines)


def source(functions, seed):
    """Functions call later ones only, a few each, so that the run ends; roots are called in turn."""
    draw = random.Random(seed)
    parts = [HEAD]
    kinds = []
    for number in range(functions):
        kinds.append(draw.choice(["static int", "__attribute__((noinline)) int", "inline int", "template <class T> int"]))
        name = f"f{number}(unsigned id, unsigned caller, {'T' if kinds[-1].startswith('template') else 'int'} x)"
        parts.append(f"{kinds[-1]} {name};")
    for number in range(functions):
        reach = range(number + 1, min(number + 40, functions))
        callees = draw.sample(reach, min(len(reach), draw.choice([0, 0, 0, 1, 1, 2])))
        kind = "T" if kinds[number].startswith("template") else "int"
        parts.append(f"{kinds[number]} f{number}(unsigned id, unsigned caller, {kind} x) {{\n"
                     f"  std::printf(\"%u %u f{number}\\n\", id, caller);\n"
                     f"  Guard guard(&live);\n{body(number, callees, draw)}\n  return x & 1023;\n}}")
    parts.append("static int root(unsigned id, unsigned n) {\n  std::printf(\"%u 0 root\\n\", id);\n  int x = int(n);\n"
                 "  try {\n    switch (n) {")
    parts += [f"      case {number}: x = f{number}(++calls, id, {number}); break;" for number in range(functions)]
    parts.append("    }\n  } catch (const std::runtime_error&) { ++caught; }\n  return x;\n}")
    parts.append(f"int main(int argc, char** argv) {{\n  const int first = std::atoi(argv[1]), last = std::atoi(argv[2]);\n"
                 "  for (int n = first; n < last; ++n) root(++calls, unsigned(n));\n"
                 "  std::printf(\"live %d thrown %u caught %u\\n\", live, thrown, caught);\n  return argc == 3 ? 0 : 1;\n}")
    return "\n".join(parts)


def run(command, **more):
    done = subprocess.run([str(word) for word in command], text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=900, **more)
    if done.returncode:
        sys.exit(f"generated: {' '.join(map(str, command))[:300]} ended with {done.returncode}:\n{done.stderr[-3000:]}")
    return done.stdout


def judge(told, dumped):
    """What the program told against what the ring holds; a list of complaints."""
    wrong = []
    made = {}
    for line in told:
        words = line.split()
        if words[0] != "live":
            made[int(words[0])] = (int(words[1]), words[2])
    if dumped["lost"] or dumped["damaged"] or dumped["open"]:
        wrong.append(f"lost {dumped['lost']}, damaged {dumped['damaged']}, open {len(dumped['open'])}")
    spans = {span["span_id"]: span for span in dumped["spans"]}
    found = {}
    for span in spans.values():
        fields = span["fields"]
        if "id" not in fields:
            continue  # main, a guard of the program's or a lambda: between a call and its callee
        found[fields["id"]] = span
        parent = spans.get(span["parent_id"])
        while parent is not None and "id" not in parent["fields"]:
            parent = spans.get(parent["parent_id"])
        caller, name = made.get(fields["id"], (None, None))
        holds = parent["fields"]["id"] if parent is not None else 0
        if span["name"] != name or holds != caller:
            wrong.append(f"call {fields['id']}: {name} made by {caller}; the span says {span['name']} below {holds}")
    missing = made.keys() - found.keys()
    if missing or found.keys() - made.keys():
        wrong.append(f"{len(made)} calls were made, {len(found)} are spans")
    errors = sum(span["status"] == "error" for span in spans.values() if "id" in span["fields"])
    return wrong, len(spans), errors, collections.Counter(name for _, name in made.values())


def main():
    parser = argparse.ArgumentParser()
    for name in ("--clang", "--tool", "--work"):
        parser.add_argument(name, required=True)
    parser.add_argument("--functions", type=int, default=10000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--level", action="append")
    args = parser.parse_args()
    work = pathlib.Path(args.work)
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    text = source(args.functions, args.seed)
    (work / "generated.cc").write_text(text)
    flags = run([args.tool, "flags", "--match", "*", "--min-statements", "0"]).split()
    links = run([args.tool, "libs"]).split()
    problems, entered = [], {}
    for level in args.level or ["-O0", "-O2"]:
        program = work / f"generated{level}"
        run([f"clang++-{args.clang}", "-std=c++17", level, "-w", *flags, work / "generated.cc", *links, "-o", program])
        step, spans, errors, seen = 500, 0, 0, collections.Counter()
        for first in range(0, args.functions, step):
            rings = work / "rings"
            shutil.rmtree(rings, ignore_errors=True)
            rings.mkdir(mode=0o700)
            env = dict(os.environ, AUTOSPAN_RING_DIR=str(rings), AUTOSPAN_EXPORT="none", AUTOSPAN_DRAIN="outside",
                       AUTOSPAN_SITE_BUDGET="off", AUTOSPAN_RING_KB="32768")
            told = run([program, first, min(first + step, args.functions)], env=env).splitlines()
            if not told[-1].startswith("live 0 "):
                problems.append(f"{level}: {told[-1]}: the program's own guards are not whole")
            ring = next(iter(rings.glob("*.ring")))
            wrong, count, failed, names = judge(told, json.loads(run([args.tool, "dump", "--json", ring])))
            problems += [f"{level}: {line}" for line in wrong]
            spans, errors = spans + count, errors + failed
            seen.update(names)
        entered[level] = sum(seen.values())
        unseen = args.functions - sum(f"f{n}" in seen for n in range(args.functions))
        print(f"{level}: {sum(seen.values())} calls of {args.functions} functions, {spans} spans, {errors} left by an "
              f"exception; {unseen} functions were not called")
        if unseen or not errors:
            problems.append(f"{level}: the generated program does not do what it is for")
    if len(set(entered.values())) != 1:
        problems.append(f"the levels made other calls: {entered}")
    for line in problems[:20]:
        print(line)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
