#!/usr/bin/env python3
"""What gdb shows of an instrumented program: what it shows of the plain one.

debugger.py, with the arguments of checks.py
"""
import os
import re
import sys

from checks import HERE, check, diff, main

SOURCE = HERE / "support/walked.cc"
WALKED = ("plain Job::Job Job::~Job Job::method twice<int> unset ways destroys constant empty one_line "
          "evaluates inner_block thrower middle")


def walk(bench, program, parts, **more):
    environment = dict(os.environ, WALK=parts, WALK_SOURCE=SOURCE.name, WALK_FUNCTIONS=WALKED, **more)
    said = bench.run(["gdb", "-nx", "-batch", "-x", HERE / "support/walk.py", program],
                     env=environment).stdout
    lines = [line[len("walk: "):] for line in said.splitlines() if line.startswith("walk: ")]
    bench.expect(lines, said)
    # Twice at the same place: a call into a C library that gdb knows the sources of.
    return "\n".join(line for i, line in enumerate(lines) if i == 0 or line != lines[i - 1])


def build(bench, level, plugin, output, *libraries):
    made = bench.compile(SOURCE, "-std=c++17", "-g", level, plugin=plugin, output=f"{output}.o")
    linked = bench.run([f"clang++-{bench.args.clang}", f"{output}.o", *libraries, "-o", output])
    bench.expect(made.returncode == 0 and linked.returncode == 0, made.stdout + linked.stdout)
    return bench.dir / output


def recorder(bench):
    bench.compile(HERE / "support/abi_tree.cc", "-std=c++17", "-O1", output="tree.o")
    return "tree.o"


EVERYTHING = ["match=*", "skip=main", "min-statements=0"]


@check
def gdb_steps_as_without(bench):
    """Breakpoints with the arguments there, every stop of `step`, the stack at the end."""
    plain = build(bench, "-O0", None, "plain")
    want = walk(bench, plain, "breakpoints steps death")
    for words in ("stop plain 7", "at plain 10", "at empty", "frame std::terminate", "frame middle"):
        bench.expect(words in want, f"{words} is not in:\n{want}")
    recorded = build(bench, "-O0", EVERYTHING, "instrumented", recorder(bench))
    got = walk(bench, recorded, "breakpoints steps death")
    bench.expect(want == got, diff(want, got))


@check
def gdb_shows_no_recorder(bench):
    """The same beside the library that users link: none of its functions, none of its frames."""
    library = f"{bench.args.build}/lib"
    plain = build(bench, "-O0", None, "plain")
    real = build(bench, "-O0", EVERYTHING, "real", f"-L{library}", "-lautospan", f"-Wl,-rpath,{library}")
    want = walk(bench, plain, "steps death")
    got = walk(bench, real, "steps death", AUTOSPAN_RING="memory", AUTOSPAN_EXPORT="none")
    bench.expect(want == got, diff(want, got))


@check
def gdb_when_optimised_for_debugging(bench):
    """Where -Og inlines differently the steps do, too; a breakpoint still has its line and arguments."""
    program = build(bench, "-Og", EVERYTHING, "instrumented", recorder(bench))
    stops = re.findall(r"^stop (\S+) (\d+) \((.*)\)$", walk(bench, program, "breakpoints"), re.M)
    lines = SOURCE.read_text().splitlines()
    bench.expect({"plain", "ways", "thrower", "middle"} <= {name for name, _, _ in stops}, str(stops))
    for name, line, arguments in stops:
        bench.expect(lines[int(line) - 1].strip() != "{", f"{name} stops on its brace, line {line}")
        if name in ("ways", "thrower"):
            bench.expect(re.search(r"n = \d", arguments), f"{name}: {arguments}")


if __name__ == "__main__":
    sys.exit(main())
