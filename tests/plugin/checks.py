#!/usr/bin/env python3
"""What the plugin promises beside span trees: objects and diagnostics left alone, the wrong clang
refused, clear messages, precompiled headers, reports. One function a promise, one ctest each.

checks.py --clang 19 --plugin FILE --tool FILE --refuser FILE --build DIR --work DIR [--include DIR]… NAME…
"""
import re
import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys

import selection

HERE = pathlib.Path(__file__).resolve().parent
CHECKS = dict(selection.CHECKS)


def check(function):
    CHECKS[function.__name__] = function
    return function


class Bench:
    """A scratch directory and the compiler, with and without the plugin."""

    def __init__(self, args, name):
        self.args = args
        self.dir = pathlib.Path(args.work) / f"check_{name}"
        shutil.rmtree(self.dir, ignore_errors=True)
        self.dir.mkdir(parents=True)
        self.problems = []
        self.plugin = [f"-fplugin={args.plugin}"]

    def write(self, name, text):
        path = self.dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def run(self, command, **more):
        words = [str(word) for word in command]
        try:
            return subprocess.run(words, cwd=self.dir, text=True, errors="replace", timeout=240,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **more)
        except FileNotFoundError as missing:
            return subprocess.CompletedProcess(words, 127, str(missing))

    def compile(self, source, *flags, plugin=None, output=None):
        """plugin: None for none at all, else its arguments."""
        compiler = "clang" if str(source).endswith((".c", ".i")) else "clang++"
        arguments = [] if plugin is None else self.plugin + [
            f"-fplugin-arg-autospan-{word}" for word in plugin]
        includes = [f"-I{d}" for d in self.args.include]
        output = output or f"{pathlib.Path(source).stem}.o"
        return self.run([f"{compiler}-{self.args.clang}", *flags, *arguments, *includes, "-c",
                         source, "-o", output])

    def expect(self, condition, message):
        if not condition:
            self.problems.append(message)

    def same_bytes(self, one, other, what):
        missing = [name for name in (one, other) if not (self.dir / name).exists()]
        if missing:
            self.problems.append(f"{what}: no {' and no '.join(missing)}")
            return
        self.expect((self.dir / one).read_bytes() == (self.dir / other).read_bytes(),
                    f"{what}: objects differ")


CXX = """#include <string>
#include <vector>
#include <autospan/annotate.h>
namespace app {
inline int helper(int n) { return n * 2; }
int work(const std::string& text, std::vector<int> all) {
  auto lambda = [&](int n) { return n + helper(static_cast<int>(text.size())); };
  return lambda(3) + static_cast<int>(all.size());
}
template <class T> T twice(T v) { return v + v; }
static constexpr int constant(int n) { return n + 1; }
AUTOSPAN_SKIP static int skipped(AUTOSPAN_REDACT int n) { return n; }
int all() { return twice(2) + constant(3) + skipped(4); }
}
"""
C = """#include <stdio.h>
enum color { RED, GREEN };
static int helper(const char* s, enum color c) { return s[0] + (int)c; }
int work(int n) { printf("%d", n); return helper("a", GREEN); }
"""


@check
def nothing_selected_same_object(bench):
    bench.write("a.cc", CXX)
    bench.write("a.c", C)
    for source in ("a.cc", "a.c"):
        for flags in (["-O0"], ["-O2"], ["-O2", "-g"], ["-O0", "-g", "-fPIC"],
                      ["-O2", "-g", "-fsanitize=address"]):
            plain = bench.compile(source, *flags, output="plain.o")
            bench.expect(plain.returncode == 0, f"{source} {flags}: {plain.stdout}")
            for arguments in (["match=NoSuch*"], [], ["match=*", "skip=**", "skip=*"]):
                (bench.dir / "plugin.o").unlink(missing_ok=True)
                made = bench.compile(source, *flags, plugin=arguments, output="plugin.o")
                bench.expect(made.returncode == 0, f"{source} {flags} {arguments}: {made.stdout}")
                bench.same_bytes("plain.o", "plugin.o", f"{source} {flags} {arguments}")


@check
def annotations_without_plugin_same_object(bench):
    body = "{0} int f({1} int n) {{ return n; }}\n{2} static int g() {{ return 1; }}\n"
    # One file name, because it is in the object's symbol table.
    bench.write("marked/a.cc", '#include <autospan/annotate.h>\n' + body.format(
        "AUTOSPAN_SPAN_NAMED(\"x\")", "AUTOSPAN_REDACT", "AUTOSPAN_SKIP"))
    bench.write("bare/a.cc", "#include <autospan/annotate.h>\n" + body.format("", "", ""))
    warnings = ["-Wall", "-Wextra", "-pedantic", "-Werror", "-Wno-unused-function"]
    for compiler in (f"clang++-{bench.args.clang}", "g++"):
        for name in ("marked", "bare"):
            made = bench.run([compiler, "-O1", *warnings, *[f"-I{d}" for d in bench.args.include],
                              "-c", f"{name}/a.cc", "-o", f"{name}/a.o"])
            bench.expect(made.returncode == 0, f"{compiler} {name}:\n{made.stdout}")
        bench.same_bytes("marked/a.o", "bare/a.o", f"{compiler}: the macros left bytes")


@check
def diagnostics_unchanged(bench):
    cases = HERE / "cases"
    sources = [(cases / name / "input.cc", "-std=c++20") for name in (
        "values", "templates", "control_flow", "constructors", "constant_evaluation", "names",
        "secrets")]
    sources.append((cases / "c_language/input.c", "-std=c11"))
    sources.append((bench.write("errors.cc", "int f(int n) { retrun n; }\n#include <string>\n"
                                "void g(std::string s) { s.nothing(); undeclared(s); }\n"
                                "template <class T> void h(T t) { t.x(); }\n"
                                "int main() { h(1); int unused; }\n"), "-std=c++17"))
    for name, standard in (("capture_c/input.c", "-std=c11"), ("capture_named/input.cc", "-std=c++17"),
                           ("capture_default/input.cc", "-std=c++23")):
        sources.append((cases / name, standard))
    bench.write("all.yaml", "spans:\n  - where: {function: \"**\"}\n    do: {capture: all}\n")
    for source, standard in sources:
        flags = [standard, "-Weverything", "-Wno-vla-cxx-extension", "-O1"]
        plain = bench.compile(source, *flags, output="x.o").stdout
        with_plugin = bench.compile(source, *flags, output="x.o", plugin=[
            "match=*", "min-statements=0"]).stdout
        bench.expect(plain == with_plugin, f"{source}: diagnostics differ\n"
                     + diff(plain, with_plugin))
        deep = bench.compile(source, *flags, output="x.o", plugin=[
            "rules=all.yaml", "min-statements=0"]).stdout
        bench.expect(plain == deep, f"{source}: diagnostics differ with capture: all\n"
                     + diff(plain, deep))
    bench.write("clean.cc", CXX)
    clean = bench.compile("clean.cc", "-std=c++17", "-Wall", "-Wextra", "-Werror",
                          plugin=["match=**::*"])
    bench.expect(clean.returncode == 0 and clean.stdout == "", f"-Werror: {clean.stdout}")


def diff(want, got):
    import difflib
    return "\n".join(difflib.unified_diff(want.splitlines(), got.splitlines(), "plain", "plugin",
                                          lineterm=""))


@check
def redacted_member_leaves_no_code(bench):
    body = ("struct S {{ {0} int pin; int open; }};\nint read(const S& s) {{ return s.pin + s.open; }}\n"
            "int write(S* s) {{ s->pin = 1; return 0; }}\n")
    for name, mark in (("marked", "[[autospan::redact]]"), ("bare", "")):
        bench.write(f"{name}/a.cc", body.format(mark))
        bench.compile(f"{name}/a.cc", "-O0", plugin=["match=NoSuch*"], output=f"{name}.o")
    bench.same_bytes("marked.o", "bare.o", "a mark on a member")


@check
def wrong_clang_refused(bench):
    bench.write("a.cc", "int f() { return 1; }\n")
    bench.plugin = [f"-fplugin={bench.args.refuser}"]
    refused = bench.compile("a.cc", plugin=[])
    major = bench.args.clang
    bench.expect(refused.returncode != 0, "compiled")
    bench.expect(f"autospan: plugin for clang 16 loaded by clang {major}; use "
                 f"AutospanClang-{major}.so" in refused.stdout, refused.stdout)


@check
def bad_arguments(bench):
    bench.write("a.cc", "int f() { return 1; }\n")
    for argument, message in (
            ("mtach=x", "unknown argument 'mtach=x'; known: match="),
            ("match", "match= needs a value"),
            ("match=", "match='' is empty"),
            ("match=re:(", "match='re:(' is no ECMAScript regular expression"),
            ("match=re:", "is empty after re:"),
            ("match=a***", "three stars in a row"),
            ("match=a\\", "ends in a lone backslash"),
            ("skip=re:[", "skip='re:[' is no ECMAScript"),
            ("min-statements=many", "min-statements='many' must be a number"),
            ("min-statements=-1", "must be a number"),
            ("rules=nowhere.yaml", "nowhere.yaml: No such file or directory"),
            ("rules=.", "directory")):
        done = bench.compile("a.cc", plugin=[argument])
        bench.expect(done.returncode != 0, f"{argument}: compiled")
        bench.expect("error: autospan: " in done.stdout and message in done.stdout,
                     f"{argument}: {done.stdout}")
        bench.expect(not (bench.dir / "a.o").exists(), f"{argument}: left an object")


@check
def rules_file(bench):
    bench.write("src/jobs/a.cc", "int small() { return 1; }\nvoid big() { small(); small(); small(); }\n"
                "int Update() { return 2; }\n")
    bench.write("rules.yaml", "# a comment\nspans:\n  - where: {function: \"Update*\"}\n"
                "  - where: {file: \"src/jobs/**\", min_statements: 2}\n"
                "  - where: {annotation: trace}\n")
    done = bench.compile("src/jobs/a.cc", "-MD", "-MF", "a.d", "-MMD", plugin=["rules=rules.yaml"])
    bench.expect(done.returncode == 0, done.stdout)
    bench.expect("rules.yaml:5 matched no function" in done.stdout, done.stdout)
    bench.expect("rules.yaml:3" not in done.stdout and "rules.yaml:4" not in done.stdout, done.stdout)
    bench.expect("rules.yaml" in (bench.dir / "a.d").read_text(), "the rules file is no dependency")
    symbols = bench.run(["nm", "-C", "a.o"]).stdout
    bench.expect("Update()::__autospan_site" in symbols and "big()::__autospan_site" in symbols and
                 "small()::__autospan_site" not in symbols, symbols)


@check
def rules_do(bench):
    bench.write("a.cc", "void Parse() {}\nvoid Sync() {}\nvoid Both() {}\n")
    bench.write("rules.yaml", "spans:\n"
                "  - where: {function: \"re:.*\", min_statements: 0}\n    do: {min_duration: 50us}\n"
                "  - where: {function: Sync}\n    do: {cpu: true, min_duration: 2ms}\n"
                "  - where: {function: Both}\n    do: {root: true, cpu: true, stack: true}\n")
    done = bench.compile("a.cc", "-S", "-emit-llvm", plugin=["rules=rules.yaml"])
    bench.expect(done.returncode == 0, done.stdout)
    listing = (bench.dir / "a.o").read_text()
    for name, flags, least in (("Parse", 0, 50), ("Sync", 4, 2000), ("Both", 21, 50)):
        site = next((line for line in listing.splitlines()
                     if line.startswith("@") and name in line and "__autospan_site" in line), "")
        bench.expect(re.search(rf"i8 1, i8 {flags}, .*i8 0, i32 {least}, i32 0 }}", site), site)


@check
def unmatched_rule_warns(bench):
    bench.write("x.cc", CXX)
    want = "autospan: warning: match='NoSuch*' matched no function in x.cc\n"
    for flags in ([], ["-Werror", "-Weverything", "-Wno-c++98-compat", "-Wno-padded",
                       "-Wno-missing-prototypes", "-Wno-poison-system-directories"]):
        done = bench.compile("x.cc", "-std=c++17", *flags, plugin=["match=NoSuch*"])
        bench.expect(done.returncode == 0 and done.stdout == want, f"{flags}: {done.stdout}")
    done = bench.compile("x.cc", "-std=c++17", plugin=["match=NoSuch*", "match=work"])
    bench.expect(done.stdout == want, done.stdout)
    done = bench.compile("x.cc", "-std=c++17", "-w", plugin=["match=NoSuch*"])
    bench.expect(done.stdout == "", f"-w: {done.stdout}")
    done = bench.compile("x.cc", "-std=c++17", plugin=["match=NoSuch*", "report=out/report"])
    bench.expect(done.stdout == "", f"report=: {done.stdout}")
    done = bench.compile("x.cc", "-std=c++17", plugin=["match=app::skipped"])
    bench.expect(done.stdout == "", f"an excluded function: {done.stdout}")


def merge_json(bench):
    lines = bench.run([bench.args.tool, "--merge", "r", "--json"]).stdout.splitlines()
    return next(line for line in lines if line.startswith("{"))


@check
def reports_merge(bench):
    for name in ("one", "two"):
        bench.write(f"{name}.cc", f"void Update_{name}() {{}}\nvoid only_{name}() {{}}\n")
    arguments = ["match=Update*", "match=only_one", "match=NoSuch*", "report=r"]
    for name in ("one", "two"):
        bench.compile(f"{name}.cc", plugin=arguments)
    tool = bench.args.tool
    merged = bench.run([tool, "merge", "r", "--target", "app"])
    want = "autospan: warning: app: match='NoSuch*' matched no function in 2 files\n"
    bench.expect((merged.returncode, merged.stdout) == (0, want), merged.stdout)
    required = bench.run([tool, "explain", "--merge", "r", "--required"])
    bench.expect(required.returncode == 1 and "error: r: match='NoSuch*'" in required.stdout,
                 required.stdout)
    rules = json.loads(merge_json(bench))["rules"]
    bench.expect([rule["spans"] for rule in rules] == [2, 1, 0], str(rules))
    # A source that left the target no longer speaks for it.
    (bench.dir / "one.o").unlink()
    merged = bench.run([tool, "merge", "r"])
    bench.expect("match='only_one' matched no function in 1 file\n" in merged.stdout, merged.stdout)
    # An object without a report came out of a compiler cache: then nothing is judged.
    bench.write("objects", "one.o\ntwo.o\nthree.o\nasm.s.o\n")
    merged = bench.run([tool, "merge", "r", "--objects", "objects"])
    bench.expect((merged.returncode, merged.stdout) == (0, ""), merged.stdout)
    # But what is required and cannot be judged at all has failed.
    (bench.dir / "empty").mkdir()
    for required in ([], ["--required"]):
        merged = bench.run([tool, "merge", "empty", "--objects", "objects", *required])
        bench.expect(merged.returncode == len(required) and
                     ("REQUIRED cannot be judged: none of 3 files came with a report" in merged.stdout)
                     == bool(required), merged.stdout)
    bench.expect(bench.run([tool, "merge", "nowhere"]).returncode == 3, "no reports")
    bench.expect(bench.run([tool, "merge"]).returncode == 2, "no directory")
    # One driver call that compiles and links: its objects are gone, its reports are not.
    bench.write("main.cc", "int main() {}\n")
    linked = bench.run([f"clang++-{bench.args.clang}", *bench.plugin,
                        "-fplugin-arg-autospan-match=Nothing", "-fplugin-arg-autospan-report=s",
                        "main.cc", "-o", "app"])
    merged = bench.run([tool, "merge", "s"])
    bench.expect("match='Nothing' matched no function in 1 file\n" in merged.stdout,
                 linked.stdout + merged.stdout)


@check
def explain(bench):
    bench.write("a.cc", CXX + "int tiny(int n) { return n; }\nAUTOSPAN_SPAN void marked() {}\n"
                "consteval int UpdateEval() { return 1; }\n")
    includes = " ".join(f"-I{d}" for d in bench.args.include)
    command = (f"clang++-{bench.args.clang} -std=c++20 {includes} -fplugin={bench.args.plugin} "
               "-fplugin-arg-autospan-match=app::** -fplugin-arg-autospan-match=Update* "
               "-fplugin-arg-autospan-skip=all -c a.cc -o a.o")
    bench.write("b/compile_commands.json", json.dumps(
        [{"directory": str(bench.dir), "file": "a.cc", "command": command}]))
    tool = bench.args.tool
    done = bench.run([tool, "explain", "-p", "b", "--json"])
    bench.expect(done.returncode == 0, done.stdout)
    rows = {row["name"]: (row["span"], row["why"]) for row in json.loads(done.stdout)["functions"]}
    bench.expect(rows == {
        "app::helper": (False, "is too small for match='app::**': 1 statement, no call, loop or asm "
                               "(min-statements=3)"),
        "app::work": (True, "match='app::**'"),
        "app::work::(lambda)": (True, "match='app::**'"),
        "app::twice": (False, "is too small for match='app::**': 1 statement, no call, loop or asm "
                              "(min-statements=3)"),
        "app::constant": (False, "is too small for match='app::**': 1 statement, no call, loop or "
                                 "asm (min-statements=3)"),
        "app::skipped": (False, "is marked AUTOSPAN_SKIP"),
        "app::all": (False, "skip='all'"),
        "tiny": (False, "no rule matches"),
        "marked": (True, "AUTOSPAN_SPAN"),
        "UpdateEval": (False, "is consteval"),
    }, json.dumps(rows, indent=1))
    text = bench.run([tool, "explain", "-p", "b", "tiny"])
    bench.expect("tiny  no span: no rule matches" in text.stdout, text.stdout)
    text = bench.run([tool, "explain", "-p", "b", "--match=tiny", "tiny"])
    bench.expect("tiny  span: match='tiny'" in text.stdout, text.stdout)
    bench.expect(bench.run([tool, "explain", "-p", "b", "NoSuch"]).returncode == 1, "not found")
    bench.expect(bench.run([tool, "explain", "-p", "."]).returncode == 3, "no build")
    bench.expect(bench.run([tool, "explain", "--what"]).returncode == 2, "usage")
    bench.expect(bench.run([tool, "explain", "-p", "b", "re:("]).returncode == 2, "bad pattern")


@check
def precompiled_and_preprocessed(bench):
    compiler = f"clang++-{bench.args.clang}"
    includes = [f"-I{d}" for d in bench.args.include]
    bench.run([compiler, "-std=c++17", "-O1", "-c", HERE / "support/abi_tree.cc", *includes, "-o",
               "tree.o"])
    bench.write("all.h", "#pragma once\n#include <string>\n#include <autospan/abi.h>\n"
                "#include <autospan/annotate.h>\n"
                "inline int UpdateInHeader(const std::string& s) { return (int)s.size(); }\n"
                "constexpr int UpdateConstant(int n) { return n; }\n"
                "enum class Plan { free, pro };\n"
                "constexpr int UpdatePlan(Plan p) { return (int)p; }\n"
                "AUTOSPAN_SPAN int marked_in_header(AUTOSPAN_REDACT int n);\n")
    bench.write("use.cc", "#include \"all.h\"\nint marked_in_header(int n) { return n; }\n"
                "constexpr int UpdateOther(Plan p) { return (int)p; }\n"
                "int main() { volatile int n = 1; UpdateInHeader(\"s\"); UpdateConstant(n);\n"
                "  UpdatePlan(Plan(n)); UpdateOther(Plan(n)); marked_in_header(n); }\n")
    flags = ["-std=c++17", *bench.plugin, "-fplugin-arg-autospan-match=Update*", *includes]
    want = ("UpdateInHeader s=\"s\"\nUpdateConstant n=1\nUpdatePlan p=pro\nUpdateOther p=pro\n"
            "marked_in_header n=[redacted]\n")

    def build(what, *commands):
        for command in commands:
            done = bench.run([compiler, *flags, *command])
            bench.expect(done.returncode == 0 and done.stdout == "", f"{what}: {done.stdout}")
        linked = bench.run([compiler, "use.o", "tree.o", "-o", "use"])
        got = bench.run([bench.dir / "use"]).stdout
        bench.expect(got == want, f"{what}: {linked.stdout}{got}")
        (bench.dir / "use.o").unlink(missing_ok=True)

    build("plain", ["-c", "use.cc", "-o", "use.o"])
    build("-save-temps", ["-save-temps", "-c", "use.cc", "-o", "use.o"])
    build("preprocessed by hand", ["-E", "use.cc", "-o", "hand.ii"],
          ["-Qunused-arguments", "-c", "hand.ii", "-o", "use.o"])
    build("-frewrite-includes", ["-E", "-frewrite-includes", "use.cc", "-o", "re.cc"],
          ["-c", "re.cc", "-o", "use.o"])
    build("precompiled header", ["-x", "c++-header", "all.h", "-o", "all.h.pch"],
          ["-include-pch", "all.h.pch", "-c", "use.cc", "-o", "use.o"])
    plain_pch = bench.run([compiler, "-std=c++17", *includes, "-x", "c++-header", "all.h", "-o",
                           "plain.pch"])
    # A header precompiled without the plugin keeps its functions plain; the rest is instrumented.
    done = bench.run([compiler, *flags, "-include-pch", "plain.pch", "-c", "use.cc", "-o", "use.o"])
    bench.expect(done.returncode == 0, plain_pch.stdout + done.stdout)
    bench.run([compiler, "use.o", "tree.o", "-o", "use"])
    got = bench.run([bench.dir / "use"]).stdout
    bench.expect("UpdateOther p=pro\n" in got, f"plain pch: {got}")


@check
def module_units(bench):
    compiler = f"clang++-{bench.args.clang}"
    includes = [f"-I{d}" for d in bench.args.include]
    bench.run([compiler, "-std=c++17", "-O1", "-c", HERE / "support/abi_tree.cc", *includes, "-o",
               "tree.o"])
    body = ("export int Update(int n) { return n; }\n"
            "export constexpr int UpdateConstant(int n) { return n + 1; }\n"
            "export inline int UpdateInline(int n) { return n; }\n")
    bench.write("with.cppm", "// a comment\nmodule;\n#include <cstdio>\nexport module with;\n" + body)
    bench.write("without.cppm", "export module without;\n" + body)
    bench.write("impl.cc", "module with;\nint UpdateImplementation(int n) { return n; }\n")
    bench.write("use.cc", "import {0};\nconstexpr int UpdateHere(int n) {{ return n; }}\n"
                "int main() {{ volatile int n = 1; Update(n); UpdateConstant(n); UpdateInline(n);\n"
                "  UpdateHere(n); }}\n")
    flags = ["-std=c++20", *bench.plugin, "-fplugin-arg-autospan-match=Update*"]
    source = (bench.dir / "use.cc").read_text()
    for name in ("with", "without"):
        bench.write("use.cc", source.format(name))
        for command in (["--precompile", f"{name}.cppm", "-o", f"{name}.pcm"],
                        ["-c", f"{name}.pcm", "-o", f"{name}.o"],
                        [f"-fmodule-file={name}={name}.pcm", "-c", "use.cc", "-o", "use.o"],
                        *([["-fmodule-file=with=with.pcm", "-c", "impl.cc", "-o", "impl.o"]]
                          if name == "with" else [])):
            done = bench.run([compiler, *flags, *command])
            bench.expect(done.returncode == 0, f"{command}: {done.stdout}")
        linked = bench.run([compiler, "use.o", f"{name}.o", "tree.o", "-o", "use"])
        got = bench.run([bench.dir / "use"]).stdout
        bench.expect(got == "Update n=1\nUpdateConstant n=1\nUpdateInline n=1\nUpdateHere n=1\n",
                     f"{name}: {linked.stdout}{got}")


@check
def other_frontends(bench):
    """The plugin rides along where no object is made."""
    bench.write("a.cc", CXX)
    flags = ["-std=c++17", *bench.plugin, "-fplugin-arg-autospan-match=**::*",
             *[f"-I{d}" for d in bench.args.include]]
    for action in (["-fsyntax-only"], ["--analyze"], ["-S", "-o", "a.s"], ["-E", "-o", "a.ii"],
                   ["-emit-llvm", "-c", "-o", "a.bc"], ["-M", "-o", "a.d"],
                   ["-c", "-flto=thin", "-O2", "-o", "lto.o"], ["-c", "-g", "-fcoverage-mapping",
                                                               "-fprofile-instr-generate", "-o", "c.o"],
                   ["-c", "-fno-rtti", "-fno-exceptions", "-o", "n.o"],
                   ["-c", "-m32", "-ffreestanding", "-fsyntax-only"]):
        done = bench.run([f"clang++-{bench.args.clang}", *flags, *action, "a.cc"])
        if "-m32" in action and "file not found" in done.stdout:
            continue
        bench.expect(done.returncode == 0 and done.stdout == "", f"{action}: {done.stdout}")
    verified = bench.run([f"clang++-{bench.args.clang}", *flags, "-O0", "-Xclang",
                          "-disable-llvm-passes", "-emit-llvm", "-S", "a.cc", "-o", "a.ll"])
    bench.expect(verified.returncode == 0, verified.stdout)
    opt = f"/usr/lib/llvm-{bench.args.clang}/bin/opt"
    if os.path.exists(opt):
        done = bench.run([opt, "-passes=verify", "-disable-output", "a.ll"])
        bench.expect(done.returncode == 0 and done.stdout == "", f"verifier: {done.stdout}")


@check
def secrets_leave_no_code(bench):
    bench.write("a.cc", "void login(int token, int pin) { (void)token; (void)pin; }\n")
    bench.compile("a.cc", "-O2", plugin=["match=login"])
    listing = bench.run(["objdump", "-dr", "a.o"]).stdout
    bench.expect("autospan_v1_enter_w" in listing, listing)  # pin alone: one word
    bench.write("b.cc", "void login(const char* password, long api_key) {}\n")
    bench.compile("b.cc", "-O2", plugin=["match=login"])
    listing = bench.run(["objdump", "-dr", "b.o"]).stdout
    bench.expect("autospan_v1_enter_0" in listing and "strnlen" not in listing, listing)


# --- autospan_instrument -------------------------------------------------------------------------

# The function itself, with the test's recorder in the place of the runtime.
PROJECT = """cmake_minimum_required(VERSION 3.25)
project(sample LANGUAGES C CXX)
add_library(autospan_record OBJECT {here}/support/abi_tree.cc)
target_include_directories(autospan_record PUBLIC {includes})
add_library(recorder STATIC $<TARGET_OBJECTS:autospan_record>)
add_library(autospan::runtime ALIAS recorder)
add_library(macros INTERFACE)
target_link_libraries(macros INTERFACE recorder)
target_include_directories(macros INTERFACE {includes})
add_library(autospan::macros ALIAS macros)
add_library(headers INTERFACE)
add_library(autospan::headers ALIAS headers)
add_library(cyg STATIC cyg.c)
add_library(autospan::cyg ALIAS cyg)
set(AUTOSPAN_PLUGIN_DIR {plugin_dir})
set_property(GLOBAL PROPERTY AUTOSPAN_CLANG_TOOL_{major} {tool})
include({instrument})
set(CMAKE_CXX_STANDARD 17)
add_compile_options(-Wall -Wextra -Werror)
"""


def project(bench, lists, compiler=None, *options):
    """Writes and configures; returns what cmake said."""
    plugin = pathlib.Path(bench.args.plugin)
    bench.write("cyg.c", "void __cyg_profile_func_enter(void* f, void* c) { (void)f; (void)c; }\n"
                "void __cyg_profile_func_exit(void* f, void* c) { (void)f; (void)c; }\n")
    bench.write("CMakeLists.txt", PROJECT.format(
        here=HERE, includes=" ".join(bench.args.include), plugin_dir=plugin.parent,
        major=bench.args.clang, tool=bench.args.tool,
        instrument=HERE.parent.parent / "plugin/cmake/AutospanInstrument.cmake") + lists)
    cxx = compiler or f"clang++-{bench.args.clang}"
    c = cxx.replace("clang++", "clang").replace("g++", "gcc")
    return bench.run(["cmake", "-G", "Ninja", "-S", ".", "-B", "b", f"-DCMAKE_CXX_COMPILER={cxx}",
                      f"-DCMAKE_C_COMPILER={c}", *options])


def build(bench):
    return bench.run(["cmake", "--build", "b", "--", "--quiet"])


@check
def cmake_two_hundred_files_in_silence(bench):
    for i in range(200):
        bench.write(f"f{i}.cc", f"int only_{i}(int n) {{ return n + {i}; }}\n")
    bench.write("f77.cc", "int UpdateOne(int n) { return n; }\n")
    bench.write("main.cc", "int UpdateOne(int n);\nint main() { return UpdateOne(0); }\n")
    made = project(bench, "add_executable(app main.cc " + " ".join(f"f{i}.cc" for i in range(200)) +
                   ")\nautospan_instrument(app FUNCTIONS \"Update*\")\n")
    bench.expect(made.returncode == 0, made.stdout)
    done = build(bench)
    bench.expect(done.returncode == 0 and done.stdout.strip() == "", done.stdout[:2000])
    bench.expect(bench.run(["b/app"]).stdout == "UpdateOne n=0\n", "no span")


@check
def cmake_patterns_survive(bench):
    bench.write("a b.cc", "#include <cstdio>\nstruct V { int x; bool operator>(const V& o) const { return x > o.x; } };\n"
                "int Update(int n) { return n; }\nint UpdateTwo(int n) { return n; }\n"
                "int plain(int n) { return n; }\nint main() { V a{1}, b{2}; plain(1);\n"
                "  std::puts(SERVICE); return Update(UpdateTwo(0)) + (a > b); }\n")
    made = project(bench, """add_executable(app "a b.cc")
target_link_libraries(app ${CMAKE_DL_LIBS})  # the keyword-less form
autospan_instrument(app FUNCTIONS "Update" "re:^(UpdateTwo|a;b)$" "V::operator>" "a, b" "'quoted' \\"x\\"" "*\\\\*" [[$<x>]]
  SKIP "*;*" SERVICE "my service, 'a'" MIN_STATEMENTS 0)
target_compile_definitions(app PRIVATE SERVICE=AUTOSPAN_SERVICE)
""")
    bench.expect(made.returncode == 0, made.stdout)
    done = build(bench)
    bench.expect(done.returncode == 0, done.stdout)
    for rule in ("match='a, b'", "match=''quoted' \"x\"'", "match='*\\*'", "match='$<x>'"):
        bench.expect(f"app: {rule} matched no function in 1 file" in done.stdout,
                     f"{rule}:\n{done.stdout}")
    bench.expect(done.stdout.count("matched no function") == 4, done.stdout)
    got = bench.run(["b/app"]).stdout
    bench.expect(got == "my service, 'a'\nUpdateTwo n=0\nUpdate n=0\nV::operator> o=<V>\n", got)


@check
def cmake_rebuilds_and_judges(bench):
    bench.write("a.cc", "int Update(int n) { return n; }\nint main() { return Update(0); }\n")
    bench.write("c.c", "int in_c(const char* s) { return s[0]; }\n")
    bench.write("rules.yaml", "spans:\n  - where: {function: Update}\n")
    made = project(bench, """add_library(part STATIC c.c)
autospan_instrument(part FUNCTIONS in_c REQUIRED)
add_executable(app a.cc)
target_link_libraries(app PRIVATE part)
autospan_instrument(app RULES rules.yaml REPORT)
add_executable(strict EXCLUDE_FROM_ALL a.cc)
autospan_instrument(strict FUNCTIONS NoSuch REQUIRED)
""")
    bench.expect(made.returncode == 0, made.stdout)
    first = build(bench)
    bench.expect(first.returncode == 0 and "app: rules.yaml:2 gave 1 span in 1 file" in
                 first.stdout.replace(str(bench.dir) + "/", ""), first.stdout)
    bench.expect(bench.run(["b/app"]).stdout == "Update n=0\n", "no span")
    strict = bench.run(["cmake", "--build", "b", "--target", "strict", "--", "--quiet"])
    bench.expect(strict.returncode != 0 and
                 "autospan: error: strict: match='NoSuch' matched no function in 1 file" in
                 strict.stdout, strict.stdout)
    bench.write("rules.yaml", "spans:\n  - where: {function: Update}\n  - where: {function: main}\n")
    second = build(bench)
    bench.expect("rules.yaml:3 gave 1 span" in second.stdout, f"changed rules: {second.stdout}")
    bench.expect(bench.run(["b/app"]).stdout == "main\n  Update n=0\n", "the old rules still hold")
    dry = bench.run(["ninja", "-C", "b", "-t", "inputs", "CMakeFiles/app.dir/a.cc.o"]).stdout
    bench.expect(pathlib.Path(bench.args.plugin).name in dry, f"the plugin is no input: {dry}")


@check
def cmake_other_doors(bench):
    bench.write("a.cc", "#include <autospan/annotate.h>\nAUTOSPAN_SPAN int Update(int n) { return n; }\n"
                "int main() { return Update(0); }\n")
    plain = "add_executable(app a.cc)\nautospan_instrument(app FUNCTIONS Update{})\n"
    off = project(bench, plain.format(""), None, "-DAUTOSPAN=OFF")
    done = build(bench)
    bench.expect(off.returncode == 0 and done.returncode == 0, off.stdout + done.stdout)
    bench.expect("autospan" not in bench.run(["nm", "b/app"]).stdout, "AUTOSPAN=OFF left symbols")
    shutil.rmtree(bench.dir / "b")
    refused = project(bench, plain.format(""), "g++")
    bench.expect(refused.returncode != 0 and "has no autospan plugin; there is one for clang" in
                 " ".join(refused.stdout.split()), refused.stdout)
    shutil.rmtree(bench.dir / "b")
    hooks = project(bench, plain.format(" SKIP x SERVICE jobs REQUIRED FALLBACK hooks") +
                    "set_property(TARGET app APPEND PROPERTY COMPILE_DEFINITIONS S=AUTOSPAN_SERVICE)\n"
                    "set(rules nonsense)\nadd_library(other STATIC a.cc)\n"
                    "autospan_instrument(other FUNCTIONS Update FALLBACK hooks)\n", "g++")
    done = build(bench)
    bench.expect(hooks.returncode == 0 and done.returncode == 0, hooks.stdout + done.stdout)
    said = " ".join(hooks.stdout.split())
    bench.expect("AUTOSPAN_MATCH='Update' OTEL_SERVICE_NAME='jobs'" in said, hooks.stdout)
    bench.expect("hooks knows only names and cannot do SKIP, REQUIRED" in said, hooks.stdout)
    bench.expect("AUTOSPAN_SERVICE=" in (bench.dir / "b/build.ninja").read_text(), "no service for macros")
    bench.expect("__cyg_profile_func_enter" in bench.run(["nm", "b/app"]).stdout, "no hooks")
    shutil.rmtree(bench.dir / "b")
    for call, message in (
            ("app FUNCTION Update", "unknown argument 'FUNCTION"),
            ("nothing FUNCTIONS Update", "no such target"),
            ("app FALLBACK magic", "FALLBACK 'magic'; known: hooks"),
            ("app RULES nowhere.yaml", "nowhere.yaml does not exist"),
            ("app FUNCTIONS x SERVICE", "SERVICE needs a value")):
        bad = project(bench, f"add_executable(app a.cc)\nautospan_instrument({call})\n")
        bench.expect(bad.returncode != 0 and message in " ".join(bad.stdout.split()),
                     f"{call}: {bad.stdout}")


@check
def installed_prefix(bench):
    """find_package against an installed tree that was moved after the install."""
    installed = bench.run(["cmake", "--install", bench.args.build, "--prefix", bench.dir / "first"])
    bench.expect(installed.returncode == 0, installed.stdout[-2000:])
    (bench.dir / "first").rename(bench.dir / "moved")
    bench.write("a.cc", "#include <autospan/annotate.h>\n#include <autospan/trace.h>\n"
                "int part(int n);\nint Update(int n) { TRACE_FIELD(\"k\", n); return part(n); }\n"
                "int main() { return Update(0); }\n")
    bench.write("part.cc", "int part(int n) { return n; }\n")
    bench.write("CMakeLists.txt", """cmake_minimum_required(VERSION 3.25)
project(user LANGUAGES CXX)
find_package(autospan REQUIRED)
add_library(part STATIC part.cc)
autospan_instrument(part FUNCTIONS part)
add_executable(app a.cc)
target_link_libraries(app PRIVATE part)
autospan_instrument(app FUNCTIONS "Update*" "NoSuch*" SERVICE user)
""")
    made = bench.run(["cmake", "-G", "Ninja", "-S", ".", "-B", "b", f"-DCMAKE_PREFIX_PATH={bench.dir}/moved",
                      f"-DCMAKE_CXX_COMPILER=clang++-{bench.args.clang}"])
    bench.expect(made.returncode == 0, made.stdout)
    done = build(bench)
    bench.expect(done.returncode == 0 and done.stdout.strip() ==
                 "autospan: warning: app: match='NoSuch*' matched no function in 1 file", done.stdout)
    ran = bench.run(["b/app"], env=dict(os.environ, AUTOSPAN_RING="memory"))
    bench.expect(ran.returncode == 0 and ran.stdout == "", ran.stdout)
    needed = bench.run(["readelf", "-d", "b/app"]).stdout
    bench.expect("libautospan.so.1" in needed and "curl" not in needed, needed)
    for package_dir in (bench.dir / "moved").glob("**/pkgconfig"):
        flags = bench.run(["pkg-config", "--cflags", "--libs", "autospan"],
                          env=dict(os.environ, PKG_CONFIG_PATH=str(package_dir)))
        bench.expect(f"{bench.dir}/moved" in os.path.normpath(flags.stdout.split()[0][2:]) and
                     "-lautospan" in flags.stdout, flags.stdout)


def main():
    parser = argparse.ArgumentParser()
    for name in ("--clang", "--plugin", "--tool", "--refuser", "--build", "--work"):
        parser.add_argument(name, required=name in ("--clang", "--plugin", "--work"))
    parser.add_argument("--include", action="append", default=[])
    parser.add_argument("name", nargs="+", choices=list(CHECKS))
    args = parser.parse_args()
    failed = False
    for name in args.name:
        bench = Bench(args, name)
        CHECKS[name](bench)
        for problem in bench.problems:
            print(f"{name}: {problem}")
        failed = failed or bool(bench.problems)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
