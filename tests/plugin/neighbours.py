#!/usr/bin/env python3
"""The plugin beside everything else that a build does: the same spans come out, and nothing is said.

neighbours.py, with the arguments of checks.py
"""
import os
import sys

from checks import HERE, check, diff, main

HEADER = """#pragma once
#include <string>
#include <vector>
struct Item { int id; std::string name; };
inline int header_inline(const Item& item, std::vector<int> all) { return item.id + (int)all.size(); }
template <class T> int header_template(const T& v) {
  auto inner = [&](int n) { return n + (int)sizeof(v); };
  return inner(2);
}
inline auto header_lambda = [](int n) { return n; };
constexpr int header_constexpr(int n) { return n + 1; }
struct Class {
  int k = [] { return 3; }();
  Class(int n) : k(n) { k++; }
  virtual ~Class() {}
  static int of(Item i) { return i.id; }
};
static int header_static(int n) { return n; }
"""
SOURCE = """int own(const Item& item) { return item.id; }
int own_vector(std::vector<int> v) { return (int)v.size(); }
int main() {
  volatile int n = 1;
  Item i{1, "x"};
  header_inline(i, {1, 2});
  header_template(i), header_template(n + 0);
  header_lambda(n), header_constexpr(n), header_static(n);
  Class object(n);
  Class::of(i), own(i), own_vector({4, 5});
}
"""
BY_TYPE = """main
  header_inline item=<Item> all.size=2u
  header_template v=<Item>
    header_template::(lambda) n=2
  header_template v=1
    header_template::(lambda) n=2
  (lambda) n=1
  header_constexpr n=1
  header_static n=1
  Class::Class n=1
  Class::of i=<Item>
  own item=<Item>
  own_vector v.size=2u
  Class::~Class
"""
IN_FULL = BY_TYPE
for short, full in (("item=<Item>", 'item.id=1 item.name="x"'), ("v=<Item>", 'v.id=1 v.name="x"'),
                    ("i=<Item>", 'i.id=1 i.name="x"'), ("all.size=2u", "all.size=2u all:=[1,2]"),
                    ("v.size=2u", "v.size=2u v:=[4,5]")):
    IN_FULL = IN_FULL.replace(short, full)

MATCH = ["match=*", "min-statements=0"]
RULES = ["rules=all.yaml"]


class Neighbourhood:
    def __init__(self, bench, standard="-std=c++20"):
        self.bench = bench
        self.compiler = [f"clang++-{bench.args.clang}", standard]
        bench.write("h.h", HEADER)
        bench.write("use.cc", '#include "h.h"\n' + SOURCE)
        bench.write("all.yaml", 'spans:\n  - where: {function: "*", min_statements: 0}\n'
                                "    do: {capture: all}\n")
        bench.compile(HERE / "support/abi_tree.cc", "-std=c++17", "-O1", output="tree.o")

    def run(self, *flags, plugin=None):
        """The compiler; what it says beyond what it says without the plugin is a problem."""
        ours = [] if plugin is None else self.bench.plugin + [
            f"-fplugin-arg-autospan-{argument}" for argument in plugin]
        done = self.bench.run([*self.compiler, *ours, *flags])
        self.bench.expect(done.returncode == 0 and done.stdout == "", f"{flags}: {done.stdout}")

    def spans(self, want, what, *link):
        """Links use.o and runs it."""
        linked = self.bench.run([*self.compiler, *link, "use.o", "tree.o", "-o", "use"])
        self.bench.expect(linked.returncode == 0, f"{what}: {linked.stdout}")
        got = self.bench.run([self.bench.dir / "use"]).stdout
        self.bench.expect(got == want, f"{what}:\n{diff(want, got)}")
        for name in ("use", "use.o"):
            (self.bench.dir / name).unlink(missing_ok=True)


@check
def precompiled_three_ways(bench):
    """Made and used with the plugin or without it, and with other rules than it was made with."""
    here = Neighbourhood(bench)
    for instantiate in ([], ["-fpch-instantiate-templates"]):
        for name, plugin in (("plain", None), ("match", MATCH), ("rules", RULES)):
            here.run(*instantiate, "-x", "c++-header", "h.h", "-o", f"{name}.pch", plugin=plugin)
        # A header made without the plugin gives its spans where it is used.
        for made, used, want in (("plain", MATCH, BY_TYPE), ("plain", RULES, IN_FULL),
                                 ("match", MATCH, BY_TYPE), ("rules", RULES, IN_FULL)):
            here.run("-include-pch", f"{made}.pch", "-c", "use.cc", "-o", "use.o", plugin=used)
            here.spans(want, f"{instantiate} {made}.pch used with {used}")
        # Made with it and used without: what stands in the header has its spans, nothing else has.
        here.run("-include-pch", "match.pch", "-c", "use.cc", "-o", "use.o")
        linked = bench.run([*here.compiler, "use.o", "tree.o", "-o", "use"])
        got = bench.run([bench.dir / "use"]).stdout
        bench.expect(linked.returncode == 0 and "own" not in got and "main" not in got and
                     "header_inline item=<Item>" in got, f"used without: {linked.stdout}{got}")
        # Made for less than is captured where it is used.
        here.run("-include-pch", "match.pch", "-c", "use.cc", "-o", "use.o", plugin=RULES)
        want = IN_FULL.replace('header_inline item.id=1 item.name="x" all.size=2u all:=[1,2]',
                               "header_inline item=<Item> all.size=2u")
        want = want.replace('of i.id=1 i.name="x"', "of i=<Item>")
        here.spans(want, "made for less")


@check
def header_modules(bench):
    here = Neighbourhood(bench)
    bench.write("module.modulemap", 'module hm { header "h.h" export * }\n')
    for plugin, want in ((MATCH, BY_TYPE), (RULES, IN_FULL)):
        here.run("-fmodules", "-fmodules-cache-path=cache", "-fimplicit-module-maps", "-c", "use.cc",
                 "-o", "use.o", plugin=plugin)
        here.spans(want, f"-fmodules {plugin}")
    bench.write("use.cc", 'import "h.h";\n' + SOURCE)
    here.run("-Wno-experimental-header-units", "-fmodule-header=user", "h.h", "-o", "h.pcm", plugin=MATCH)
    here.run("-Wno-experimental-header-units", "-fmodule-file=h.pcm", "-c", "use.cc", "-o", "use.o",
             plugin=MATCH)
    here.spans(BY_TYPE, "a header unit")


@check
def module_partitions(bench):
    here = Neighbourhood(bench)
    bench.write("part.cppm", "export module big:part;\nexport int part(int n) { return n; }\n"
                "export constexpr int constant(int n) { return n; }\n")
    bench.write("hidden.cppm", "module big:hidden;\nint hidden(int n) { return n; }\n")
    bench.write("big.cppm", "module;\n#include \"h.h\"\nexport module big;\nexport import :part;\n"
                "import :hidden;\nexport int whole(int n) { return part(n) + hidden(n); }\n"
                "export template <class T> T any(T t) { return [](T x) { return x; }(t); }\n"
                "export inline auto lambda = [](int n) { return n; };\n")
    bench.write("private.cppm", "/* first */ // of all\nmodule\n;\n#include <string>\n"
                "export module secluded;  // a comment\nexport int front(int n);\nmodule :private;\n"
                "int front(int n) { return n; }\n")
    bench.write("use.cc", "#include <string>\nimport big;\nimport secluded;\nint own(int n) { return n; }\n"
                "int main() { volatile int n = 1; whole(n), any(2), lambda(3), constant(n), own(n), front(n); }\n")
    objects = []
    for source, name in (("part", "big-part"), ("hidden", "big-hidden"), ("big", "big"),
                         ("private", "secluded")):
        here.run("-fprebuilt-module-path=.", "--precompile", f"{source}.cppm", "-o", f"{name}.pcm",
                 plugin=MATCH)
        here.run("-fprebuilt-module-path=.", "-c", f"{name}.pcm", "-o", f"{name}.o")
        objects.append(f"{name}.o")
    here.run("-fprebuilt-module-path=.", "-c", "use.cc", "-o", "use.o", plugin=MATCH)
    here.spans("main\n  whole n=1\n    part n=1\n    hidden n=1\n  any t=2\n    any::(lambda) x=2\n"
               "  (lambda) n=3\n  constant n=1\n  own n=1\n  front n=1\n", "partitions", *objects)


@check
def same_spans_with_any_flags(bench):
    """Whatever else changes the code that comes out."""
    here = Neighbourhood(bench)
    for flags in ("-O3 -flto=thin", "-O2 -flto=full", "-O2 -flto=thin -fvisibility=hidden -fsanitize=cfi",
                  "-fsanitize=address", "-fsanitize=undefined,integer,nullability,float-divide-by-zero "
                  "-fno-sanitize-recover=all", "-fsanitize=thread", "-fsanitize=safe-stack",
                  "-fprofile-instr-generate -fcoverage-mapping", "-fprofile-generate", "-fxray-instrument",
                  "-Os -ffunction-sections -Wl,--gc-sections -Wno-unused-command-line-argument",
                  "-O2 -fno-plt -fPIC -fsemantic-interposition", "-mcmodel=large", "-g -gsplit-dwarf",
                  "-fno-elide-constructors", "-ftrivial-auto-var-init=pattern -fstack-protector-all",
                  "-O2 -fstrict-vtable-pointers -fstrict-enums", "-fno-access-control", "-fshort-enums",
                  "-ffp-exception-behavior=strict", "-fexperimental-new-constant-interpreter", "-Og -g",
                  "-finline-functions -O2 -fzero-call-used-regs=all -fcf-protection=full"):
        words = flags.split()
        here.run(*words, "-c", "use.cc", "-o", "use.o", plugin=MATCH)
        here.spans(BY_TYPE, flags, *words, "-fuse-ld=lld")
    here.run("-E", "use.cc", "-o", "one.ii", plugin=MATCH)
    here.run("-E", "use.cc", "-o", "other.ii")
    bench.same_bytes("one.ii", "other.ii", "-E")
    here.run("-c", "-MD", "-MF", "one.d", "use.cc", "-o", "use.o", plugin=MATCH)
    bench.expect("h.h" in (bench.dir / "one.d").read_text(), "-MD lost a header")
    bench.write("unity.cc", '#include "h.h"\n#include "a.cc"\n#include "b.cc"\n#include "use.cc"\n')
    for name in "ab":
        bench.write(f"{name}.cc", f'#include "h.h"\nstatic int of_{name}(int n) {{ return n; }}\n'
                    f"int by_{name} = of_{name}(7);\n")
    here.run("-c", "unity.cc", "-o", "use.o", plugin=MATCH)
    here.spans("of_a n=7\nof_b n=7\n" + BY_TYPE, "a unity build")


@check
def any_standard(bench):
    """One source in every dialect."""
    bench.compile(HERE / "support/abi_tree.cc", "-std=c++17", "-O1", output="tree.o")
    body = ("static int add(int a, const char* text) { int sum = a; sum += text[0]; return sum; }\n"
            "struct pair { int a; int b; };\n"
            "static struct pair made(int n) { struct pair p; p.a = n; p.b = add(n, \"A\"); return p; }\n"
            "int main(void) { return made(1).b - 66; }\n")
    for name, standards in (("a.cc", "98 03 11 14 17 20 23 26"), ("a.c", "89 99 11 17 2x")):
        bench.write(name, body)
        letters = "c++" if name == "a.cc" else "c"
        for standard in standards.split():
            for family in (letters, letters.replace("c", "gnu", 1)):
                made = bench.compile(name, f"-std={family}{standard}", "-Wall", "-Wextra", "-pedantic",
                                     "-Werror", plugin=MATCH, output="a.o")
                bench.expect(made.returncode == 0 and made.stdout == "", f"{family}{standard}: {made.stdout}")
                bench.run([f"clang++-{bench.args.clang}", "a.o", "tree.o", "-o", "a"])
                got = bench.run([bench.dir / "a"]).stdout
                bench.expect(got == "main\n  made n=1\n    add a=1 text=\"A\"\n", f"{family}{standard}: {got}")


@check
def other_tools(bench):
    """clang-tidy and clangd with the flags of a compilation database."""
    here = Neighbourhood(bench)
    flags = " ".join(["-std=c++20", *bench.plugin, "-fplugin-arg-autospan-match=*"])
    bench.write("compile_commands.json", '[{"directory": "%s", "file": "use.cc", "command": '
                '"clang++-%s %s -c use.cc"}]' % (bench.dir, bench.args.clang, flags))
    for command in ([f"clang-tidy-{bench.args.clang}", "-p", ".", "--quiet",
                     "--checks=-*,clang-analyzer-*,bugprone-use-after-move", "use.cc"],
                    [f"clangd-{bench.args.clang}", "--check=use.cc"]):
        done = bench.run(command)
        if done.returncode == 127:
            continue
        bench.expect(done.returncode == 0 and "autospan" not in done.stdout.replace(str(bench.dir), "")
                     .replace(bench.args.plugin, ""), f"{command[0]}: {done.stdout}")


@check
def refused_once(bench):
    """What clang does not take is said once, whatever else the function is used for."""
    bench.write("a.cc", "struct Root { int id; };\nstruct L : Root {}; struct R : Root {};\n"
                "struct Both : L, R {};\ntemplate <class T> int any(T t, Both both) { return sizeof(t); }\n"
                "int all() { return any(1, {}) + any('c', {}) + any(2.0, {}); }\n")
    bench.write("all.yaml", "spans:\n  - where: {function: any}\n    do: {capture: all}\n")
    done = bench.compile("a.cc", "-std=c++17", plugin=["rules=all.yaml"])
    bench.expect(done.returncode == 0 and done.stdout == "", done.stdout)
    symbols = bench.run(["nm", "-C", "a.o"]).stdout
    bench.expect(symbols.count("__autospan_site") == 3, symbols)


@check
def verified(bench):
    """The IR of every case, before any pass has mended it."""
    opt = f"/usr/lib/llvm-{bench.args.clang}/bin/opt"
    if not os.path.exists(opt):
        return
    for folder in sorted((HERE / "cases").iterdir()):
        flags = [line for line in (folder / "flags").read_text().splitlines() if line.startswith("-")]
        for source in [*folder.glob("*.cc"), *folder.glob("*.c")]:
            made = bench.compile(source, *flags, "-w", "-g", "-O1", "-Xclang", "-disable-llvm-passes",
                                 "-emit-llvm", plugin=MATCH, output="a.bc")
            done = bench.run([opt, "-passes=verify", "-disable-output", "a.bc"])
            bench.expect(made.returncode == 0 and done.returncode == 0 and done.stdout == "",
                         f"{folder.name}: {made.stdout}{done.stdout}")


if __name__ == "__main__":
    sys.exit(main())
