"""Checks of selection: rules files and what is wrong with them, redaction, calls, marks, compiler caches.
checks.py runs them."""
import json
import os
import re
import shutil
import time

CHECKS = {}


def check(function):
    CHECKS[function.__name__] = function
    return function


# What is wrong, where, and what the message must say. The place is of the file bad.yaml.
BROKEN_RULES = [
    ("spans:\n  - where: {functoin: x}\n", "2:13: unknown key 'functoin' in where; expected annotation, "
     "file, function, min_statements; did you mean function?"),
    ("span:\n  - where: {function: x}\n", "1:1: unknown key 'span' in the file; expected calls, redact, "
     "redact_defaults, spans; did you mean spans?"),
    ("colours: red\n", "1:1: unknown key 'colours' in the file; expected"),
    ("spans:\n  - where: {function: x}\n    do: {captur: all}\n", "3:10: unknown key 'captur' in do; "),
    ("spans:\n  - when: {function: x}\n", "2:5: unknown key 'when' in a rule; expected do, where; "
     "did you mean where?"),
    ("spans:\n  - where: {function: x, function: y}\n", "2:26: key 'function' stands twice in where"),
    ("spans:\n  - where: {function: x}\nspans:\n  - where: {function: y}\n",
     "3:1: key 'spans' stands twice in the file"),
    ("", "1:1: the file is empty; expected calls: or redact: or redact_defaults: or spans:"),
    ("# only a comment\n", "1:1: the file is empty"),
    ("spans:\n", "spans is empty; expected a list"),
    ("spans: []\n", "1:8: spans is an empty list; expected an entry"),
    ("spans: {function: x}\n", "1:8: spans is a mapping; expected a list"),
    ("spans: all\n", "1:8: spans is 'all'; expected a list"),
    ("- where: {function: x}\n", "1:1: the file is a list; expected a mapping"),
    ("just words\n", "1:1: the file is 'just words'; expected a mapping"),
    ("spans:\n  - where: [function, x]\n", "2:12: where is a list; expected a mapping, like {annotation: …}"),
    ("spans:\n  - Update*\n", "2:5: a rule is 'Update*'; expected a mapping"),
    ("spans:\n  - where: {function: [a, b]}\n", "2:23: function is a list; expected a word or a quoted text"),
    ("spans:\n  - where: {function: {a: b}}\n", "2:23: function is a mapping; expected a word"),
    ("spans:\n  - where: {function: x}\n    do: true\n", "3:9: do is 'true'; expected a mapping"),
    ("spans:\n  - where: {}\n", "2:5: a rule that selects nothing; expected where: with function, file or "
     "annotation"),
    ("spans:\n  - do: {root: true}\n", "2:5: a rule that selects nothing"),
    ("spans:\n  - where: {min_statements: 3}\n", "2:5: a rule that selects nothing"),
    ("spans:\n  - where: {function: \"re:(\"}\n", "2:23: function 're:(' is no ECMAScript regular "
     "expression: "),
    ("spans:\n  - where: {function: \"re:(a)\\\\1\"}\n", "2:23: function 're:(a)\\1' has a back-reference"),
    ("spans:\n  - where: {function: \"re:(a{100}){100}\"}\n", "2:23: function 're:(a{100}){100}' repeats "
     "more than 1000 times"),
    ("spans:\n  - where: {function: \"a***\"}\n", "2:23: function 'a***' has three stars in a row"),
    ("spans:\n  - where: {function: \"\"}\n", "2:23: function '' is empty"),
    ("spans:\n  - where: {file: \"\"}\n", "2:19: file '' is empty; expected a glob"),
    ("spans:\n  - where: {file: \"src/***\"}\n", "2:19: file 'src/***' has three stars in a row"),
    ("spans:\n  - where: {annotation: trcae}\n", "2:25: annotation is 'trcae'; expected trace"),
    ("spans:\n  - where: {function: f, min_statements: many}\n", "2:42: min_statements is 'many'; expected "
     "a number from 0 to 1000000"),
    ("spans:\n  - where: {function: f, min_statements: -1}\n", "2:42: min_statements is '-1'"),
    ("spans:\n  - where: {function: f, min_statements: 2000000}\n", "2:42: min_statements is '2000000'"),
    ("spans:\n  - where: {function: f}\n    do: {cpu: perhaps}\n", "3:15: cpu is 'perhaps'; expected true "
     "or false"),
    ("spans:\n  - where: {function: f}\n    do: {root: yes}\n", "3:16: root is 'yes'; expected true or false"),
    ("spans:\n  - where: {function: f}\n    do: {min_duration: 2h}\n", "3:24: min_duration is '2h'; expected "
     "a duration of at most an hour, like 50us or 10ms"),
    ("spans:\n  - where: {function: f}\n    do: {min_duration: 50}\n", "3:24: min_duration is '50'"),
    ("spans:\n  - where: {function: f}\n    do: {min_duration: 5 fortnights}\n", "3:24: min_duration is '5 "),
    ("spans:\n  - where: {function: f}\n    do: {capture: [user, \"a..b\"]}\n", "3:26: capture holds 'a..b'; "
     "expected a parameter or a member"),
    ("spans:\n  - where: {function: f}\n    do: {capture: []}\n", "3:19: capture is an empty list"),
    ("spans:\n  - where: {function: f}\n    do: {capture: {all: true}}\n", "3:19: capture is a mapping; "
     "expected a word"),
    ("spans:\n  - where: {function: f}\n    do: {name: \"a {file}\"}\n", "3:16: name 'a {file}' holds {file}; "
     "expected {function} or {qualified}"),
    ("spans:\n  - where: {function: f}\n    do: {name: \"\"}\n", "3:16: name '' is empty"),
    ("calls:\n  - use: mysql\n", "2:10: use asks for the set 'mysql'; this version ships no sets yet, "
     "expected where: {function: …}"),
    ("calls:\n  - where: {annotation: trace}\n", "2:13: unknown key 'annotation' in where of a call; "
     "expected file, function"),
    ("calls:\n  - where: {}\n", "2:5: a rule that selects nothing; expected where: with function or file"),
    ("redact: {name: iban}\n", "1:9: redact is a mapping; expected a word"),
    ("redact: [\"\"]\n", "1:10: redact '' is empty"),
    ("redact: [\"a\\\\*\"]\n", "1:10: redact 'a\\*' holds a backslash"),
    ("redact_defaults: maybe\n", "1:18: redact_defaults is 'maybe'; expected true or false"),
    ("spans:\n  - where: {function: [\n", "3:1: function is a list"),
    ("spans:\n  - where: {function: x\n  - where: {function: y}\n", ": no YAML: "),
    ("spans:\n  - where: {function: *x}\n", "2:23: function is an alias"),
    ("spans:\n  - where: {function: x}\n---\nspans:\n  - where: {function: y}\n",
     "4:1: a second document; expected one"),
    (b"spans:\n  - where: {function: \xffx}\n", "2:23: byte 0xff is no text; expected UTF-8"),
    (b"\xff\xfes\x00p\x00", "1:1: byte 0xff is no text"),
    (b"spans:\n  - where: {function: a\x00b}\n", "2:24: byte 0x00 is no text"),
]


@check
def broken_rules(bench):
    bench.write("a.cc", "int f() { return 1; }\n")
    for text, message in BROKEN_RULES:
        (bench.dir / "bad.yaml").write_bytes(text if isinstance(text, bytes) else text.encode())
        done = bench.compile("a.cc", "-fsyntax-only", plugin=["rules=bad.yaml"])
        wanted = "error: autospan: bad.yaml:" + message.removeprefix(":")
        said = re.search(r"error: autospan: (bad\.yaml:\d+:\d+: .*)", done.stdout)
        bench.expect(done.returncode != 0 and said is not None and
                     (wanted in done.stdout if not message.startswith((":", "spans is")) else
                      message.lstrip(":") in said.group(1)),
                     f"{text!r}:\nwant {message}\ngot  {done.stdout}")
    if os.geteuid() != 0:
        (bench.dir / "bad.yaml").chmod(0)
        done = bench.compile("a.cc", plugin=["rules=bad.yaml"])
        bench.expect("bad.yaml: Permission denied" in done.stdout, done.stdout)


@check
def expressions_are_bounded(bench):
    """What takes a backtracking matcher for ever, and a long name to take it over."""
    name = "a" * 400
    bench.write("a.cc", "".join(f"void {name}{i}() {{}}\n" for i in range(20)))
    begun = time.monotonic()
    for pattern in ("re:^(a+)+$", "re:^(a|aa)*b$", "re:^(a*)*(a*)*(a*)*c$", "re:(.*a){20}x"):
        done = bench.compile("a.cc", plugin=[f"match={pattern}", "report=r"])
        bench.expect(done.returncode == 0, done.stdout)
    took = time.monotonic() - begun
    bench.expect(took < 60, f"took {took:.0f} s")


REDACT = """#include <cstdlib>
#include <map>
#include <string>
#include <unistd.h>
#include <vector>
struct Account { std::string iban; std::string city; };
struct IbanText { std::string text; };
void pay(const std::string& Customer_IBAN, const Account& account, IbanText typed,
         const std::map<std::string, std::string>& fields, const std::vector<Account>& all,
         const std::string& password, const std::string& town) { asm volatile("" ::: "memory"); }
int main(int, char** words) {
  const std::string canary = words[1], plain = words[2];
  pay(canary, {canary, plain}, {canary}, {{"myIban", canary}, {"street", plain}}, {{canary, plain}}, words[3],
      plain);
  _exit(3);
}
"""


def ring_of(bench, rules):
    """Runs the program above on the real recorder and returns the ring that it leaves."""
    bench.write("a.cc", REDACT)
    bench.write("rules.yaml", rules + "spans:\n  - where: {function: pay}\n    do: {capture: all}\n")
    done = bench.compile("a.cc", "-std=c++17", "-O1", plugin=["rules=rules.yaml"])
    linked = bench.run([f"clang++-{bench.args.clang}", "a.o", f"-L{bench.args.build}/lib", "-lautospan",
                        f"-Wl,-rpath,{bench.args.build}/lib", "-o", "a"])
    rings = bench.dir / "rings"
    shutil.rmtree(rings, ignore_errors=True)
    rings.mkdir(mode=0o700)
    # As arguments they are not in the object, and after _exit the ring stays.
    ran = bench.run(["./a", "canary-4711", "plain-0815", "default-9999"],
                    env=dict(os.environ, AUTOSPAN_RING_DIR=str(rings), AUTOSPAN_EXPORT="none"))
    kept = list(rings.glob("*.ring"))
    bench.expect(ran.returncode == 3 and len(kept) == 1, done.stdout + linked.stdout + ran.stdout)
    return kept[0].read_bytes() if kept else b""


@check
def redact_rules(bench):
    ring = ring_of(bench, "redact: [\"*iban*\"]\n")
    bench.expect(b"plain-0815" in ring, "nothing was recorded at all")
    bench.expect(b"canary-4711" not in ring, "a value that redact names is in the ring")
    bench.expect(b"default-9999" not in ring, "redact took the built-in list away")
    ring = ring_of(bench, "redact_defaults: false\n")
    bench.expect(b"default-9999" in ring and b"canary-4711" in ring, "redact_defaults: false hides")
    ring = ring_of(bench, "redact: \"*iban*\"\nredact_defaults: false\n")
    bench.expect(b"default-9999" in ring and b"canary-4711" not in ring, "both")


@check
def marks_leave_no_trace(bench):
    """Marks make no code, whether a body, only a declaration, or nothing at all comes after them."""
    body = ("{0} int elsewhere({4} int n);\n{1} int named(int n);\n{2} static int unused() {{ return 1; }}\n"
            "{2} int skipped({4} int n) {{ return elsewhere(n) + named(n); }}\n"
            "template <class T> struct Box {{ {2} int get(T n) {{ return elsewhere(n); }} {3} int root(T); }};\n"
            "int use() {{ Box<int> box; return box.get(1) + box.root(2) + (int)(long)&elsewhere; }}\n")
    marks = ("[[autospan::span]]", "[[autospan::span(\"n\")]]", "[[autospan::skip]]", "[[autospan::root]]",
             "[[autospan::redact]]")
    for name, words in (("marked", marks), ("bare", ("",) * 5)):
        bench.write(f"{name}/a.cc", body.format(*words))
    for flags in (["-O0"], ["-O2", "-g"]):
        for name in ("marked", "bare"):
            done = bench.compile(f"{name}/a.cc", "-std=c++17", "-fdebug-compilation-dir=.", *flags,
                                 plugin=["match=NoSuch*", "report=r"], output=f"{name}.o")
            bench.expect(done.returncode == 0 and done.stdout == "", done.stdout)
        if "-g" not in flags:
            bench.same_bytes("marked.o", "bare.o", f"{flags}: marks")
        bench.compile("marked/a.cc", "-std=c++17", "-S", "-emit-llvm", *flags,
                      plugin=["match=NoSuch*", "report=r"], output="marked.ll")
        listing = (bench.dir / "marked.ll").read_text()
        bench.expect("autospan" not in listing and "annotation" not in listing, f"{flags}: {listing}")


@check
def calls_diagnostics_unchanged(bench):
    """Also of errors that come after a call was redirected, and name what was called."""
    bench.write("late.cc", """int lib(int n);
struct Client { int get(int n) const; [[nodiscard]] int must(int n); };
constexpr int constant(bool yes, int n) { return yes ? 1 : lib(n); }
constexpr int member(bool yes, const Client& c) { return yes ? 1 : c.get(2); }
template <class T> int generic(T t) { return lib(t) + Client().get(t); }
int use(Client& c) { c.must(1); lib(1); return generic(1) + generic('c'); }
static_assert(constant(true, 1) == 1);
constexpr int bad = constant(false, 2);
static_assert(member(false, Client()) == 1);
int wrong() { return lib("text") + generic("text"); }
""")
    bench.write("rules.yaml", "calls:\n  - where: {function: lib}\n  - where: {function: \"Client::*\"}\n")
    plain = bench.compile("late.cc", "-std=c++17", "-Weverything")
    ours = bench.compile("late.cc", "-std=c++17", "-Weverything", plugin=["rules=rules.yaml"])
    bench.expect(plain.returncode != 0 and plain.stdout == ours.stdout,
                 f"plain:\n{plain.stdout}\nours:\n{ours.stdout}")
    bench.write("none.yaml", "calls:\n  - where: {function: \"NoSuch*\"}\n")
    bench.write("a.cc", "int lib(int);\nint f(int n) { return lib(n); }\n")
    for flags in (["-O0"], ["-O2", "-g"]):
        bench.expect(bench.compile("a.cc", *flags, output="plain.o").returncode == 0, "plain")
        bench.expect(bench.compile("a.cc", *flags, output="plugin.o", plugin=[
            "rules=none.yaml", "report=r"]).returncode == 0, "with the plugin")
        bench.same_bytes("plain.o", "plugin.o", f"{flags}: no call selected")


@check
def calls_leave_no_frame(bench):
    """A wrapper is no function of its own in the object, at -O0 either, and its code has the call's line."""
    bench.write("a.c", "int lib(int n);\nint f(int n) {\n  return\n      lib(n);\n}\n")
    bench.write("rules.yaml", "calls:\n  - where: {function: lib}\n")
    for level in ("-O0", "-O2"):
        done = bench.compile("a.c", level, "-g", plugin=["rules=rules.yaml"])
        symbols = bench.run(["nm", "a.o"]).stdout
        bench.expect(done.returncode == 0 and " T f\n" in symbols and " U lib\n" in symbols and
                     " U autospan_v1_enter_w\n" in symbols and " t " not in symbols, done.stdout + symbols)
        lines = bench.run([f"llvm-dwarfdump-{bench.args.clang}", "--debug-line", "a.o"])
        if lines.returncode == 0:
            rows = set(re.findall(r"^0x[0-9a-f]+\s+(\d+)", lines.stdout, re.M))
            bench.expect(rows <= {"0", "2", "3", "4", "5"}, f"{level}: {lines.stdout}")


@check
def calls_precompiled(bench):
    """A call inside of a precompiled header's function, and a wrapper that both sides use."""
    includes = [f"-I{d}" for d in bench.args.include]
    compiler = f"clang++-{bench.args.clang}"
    here = os.path.dirname(os.path.abspath(__file__))
    bench.run([compiler, "-std=c++17", "-O1", "-c", f"{here}/support/abi_tree.cc", *includes, "-o", "tree.o"])
    bench.write("all.h", "#pragma once\n#include <string>\nint lib(int count);\n"
                "struct Client { int get(int n); };\n"
                "inline int in_header(int n) { return lib(n) + Client().get(n); }\n"
                "template <class T> int generic(T n) { return lib(n) + Client().get(n); }\n")
    bench.write("use.cc", "#include \"all.h\"\nint main() { in_header(1); generic(2); lib(3); generic('c'); }\n")
    bench.write("lib.cc", "#include \"all.h\"\nint lib(int n) { return n; }\nint Client::get(int n) { return n; }\n")
    bench.write("rules.yaml", "calls:\n  - where: {function: lib}\n  - where: {function: \"Client::*\"}\n")
    flags = ["-std=c++17", *bench.plugin, "-fplugin-arg-autospan-rules=rules.yaml"]
    bench.run([compiler, "-std=c++17", "-c", "lib.cc", "-o", "lib.o"])
    want = "".join(f"lib count={n}\nClient::get n={n}\n" for n in (1, 2)) + "lib count=3\n" \
        "lib count=99\nClient::get n=99\n"
    for what, commands in (
            ("plain", [["-c", "use.cc", "-o", "use.o"]]),
            ("precompiled", [["-x", "c++-header", "all.h", "-o", "all.h.pch"],
                             ["-include-pch", "all.h.pch", "-c", "use.cc", "-o", "use.o"]]),
            ("instantiated there", [["-x", "c++-header", "-fpch-instantiate-templates", "all.h", "-o",
                                     "all.h.pch"],
                                    ["-include-pch", "all.h.pch", "-c", "use.cc", "-o", "use.o"]])):
        for command in commands:
            done = bench.run([compiler, *flags, *command])
            bench.expect(done.returncode == 0, f"{what}: {done.stdout}")
        linked = bench.run([compiler, "use.o", "lib.o", "tree.o", "-o", "use"])
        got = bench.run([bench.dir / "use"]).stdout
        bench.expect(got == want, f"{what}: {linked.stdout}{got}")


@check
def calls_in_modules(bench):
    """Inline functions and templates of a module take their wrappers along to whoever imports it."""
    includes = [f"-I{d}" for d in bench.args.include]
    compiler = f"clang++-{bench.args.clang}"
    here = os.path.dirname(os.path.abspath(__file__))
    bench.run([compiler, "-std=c++17", "-O1", "-c", f"{here}/support/abi_tree.cc", *includes, "-o", "tree.o"])
    bench.write("lib.h", "#pragma GCC system_header\nextern \"C\" int lib_a(int n);\n")
    bench.write("lib.cc", "extern \"C\" int lib_a(int n) { return n; }\n")
    bench.write("m.cppm", "module;\n#include \"lib.h\"\nexport module m;\n"
                "export inline int in_module(int n) { return lib_a(n); }\n"
                "export template <class T> int generic(T n) { return lib_a(n); }\n"
                "export int plain(int n) { return lib_a(n); }\n")
    bench.write("use.cc", "import m;\nint main() { in_module(1); generic(2); generic(char(3)); plain(4); }\n")
    bench.write("rules.yaml", "calls:\n  - where: {function: \"lib_*\"}\n")
    bench.run([compiler, "-c", "lib.cc", "-o", "lib.o"])
    for level in ("-O0", "-O2"):
        flags = ["-std=c++20", level, *bench.plugin, "-fplugin-arg-autospan-rules=rules.yaml", "-w"]
        for command in (["--precompile", "m.cppm", "-o", "m.pcm"], ["-c", "m.pcm", "-o", "m.o"],
                        ["-fmodule-file=m=m.pcm", "-c", "use.cc", "-o", "use.o"]):
            done = bench.run([compiler, *flags, *command])
            bench.expect(done.returncode == 0, f"{level} {command}: {done.stdout}")
        bench.run([compiler, "use.o", "m.o", "lib.o", "tree.o", "-o", "use"])
        got = bench.run([bench.dir / "use"]).stdout
        bench.expect(got == "".join(f"lib_a n={n}\n" for n in range(1, 5)), f"{level}: {got}")


@check
def calls_of_curl(bench):
    """A real library: its macros, its variadic functions, and no secret in what is recorded."""
    if bench.run(["pkg-config", "--exists", "libcurl"]).returncode != 0:
        print("skipped: no libcurl")
        return
    includes = [f"-I{d}" for d in bench.args.include]
    compiler = f"clang++-{bench.args.clang}"
    here = os.path.dirname(os.path.abspath(__file__))
    bench.run([compiler, "-std=c++17", "-O1", "-c", f"{here}/support/abi_tree.cc", *includes, "-o", "tree.o"])
    source = """#include <curl/curl.h>
int main(void) {
  CURL* c = curl_easy_init();
  long status = 0;
  curl_easy_setopt(c, CURLOPT_URL, "http://127.0.0.1:1/");
  curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, 200L);
  curl_easy_setopt(c, CURLOPT_PASSWORD, "canary-4711");
  CURLcode r = curl_easy_perform(c);
  curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_cleanup(c);
  return r == CURLE_COULDNT_CONNECT ? 0 : 1;
}
"""
    bench.write("rules.yaml", "calls:\n  - where: {function: \"curl_easy_*\"}\n    do: {name: \"curl {function}\"}\n")
    want = ("curl curl_easy_init\ncurl curl_easy_setopt curl=addr option=CURLOPT_URL\n"
            "curl curl_easy_setopt curl=addr option=CURLOPT_TIMEOUT_MS\n"
            "curl curl_easy_setopt curl=addr option=CURLOPT_PASSWORD\ncurl curl_easy_perform curl=addr\n"
            "curl curl_easy_getinfo curl=addr info=CURLINFO_RESPONSE_CODE\ncurl curl_easy_cleanup curl=addr\n")
    for name in ("a.c", "a.cc"):
        bench.write(name, source)
        done = bench.compile(name, "-O1", "-Wall", "-Wextra", plugin=["rules=rules.yaml"], output="a.o")
        bench.run([compiler, "a.o", "tree.o", "-lcurl", "-pthread", "-o", "a"])
        got = bench.run([bench.dir / "a"])
        bench.expect(done.stdout == "" and got.returncode == 0 and got.stdout == want,
                     f"{name}: {done.stdout}{got.stdout}")


@check
def calls_explained(bench):
    bench.write("a.cc", "#include <string.h>\nint lib(int);\nint own(int n) { return n; }\n[[noreturn]] void lib_die();\n"
                "constexpr int lib_constant(int n) { return n; }\n"
                "int f() { if (lib_constant(2) == 3) lib_die();\n  return lib(1) + own(2); }\n")
    bench.write("rules.yaml", "calls:\n  - where: {function: \"lib*\"}\n  - where: {function: own}\n"
                "spans:\n  - where: {function: own}\n")
    commands = [{"directory": str(bench.dir), "file": "a.cc", "command":
                 f"clang++-{bench.args.clang} -std=c++17 {' '.join(more)} -c a.cc -o {i}.o"}
                for i, more in enumerate(([*bench.plugin, "-fplugin-arg-autospan-rules=rules.yaml"],
                                          [*bench.plugin, "-fplugin-arg-autospan-match=f"]))]
    bench.write("b/compile_commands.json", json.dumps(commands))
    done = bench.run([bench.args.tool, "explain", "-p", "b", "--json"])
    rows = [(row["name"], row["line"], row["call"], row["span"], row["why"])
            for row in json.loads(done.stdout)["functions"]] if done.returncode == 0 else []
    place = str(bench.dir)
    rows = [(*row[:4], row[4].replace(place + "/", "")) for row in rows]
    # Two targets compile the file, each with rules of its own: f has its span from the second alone.
    bench.expect(rows == [
        ("own", 3, False, True, "rules.yaml:5"), ("lib_constant", 5, False, False, "no rule matches"),
        ("f", 6, False, True, "match='f'"), ("lib_constant", 6, True, False, "is constexpr"),
        ("lib_die", 6, True, False, "does not return"), ("lib", 7, True, True, "rules.yaml:2 (calls)"),
        ("own", 7, True, False, "has a span of its own: rules.yaml:5"),
    ], done.stdout)
    text = bench.run([bench.args.tool, "explain", "-p", "b", "lib"]).stdout
    bench.expect("lib  span around this call: rules.yaml:2 (calls)" in text.replace(place + "/", ""), text)


@check
def compiler_cache(bench):
    """ccache brings an object back only where the rules are the same."""
    if shutil.which("ccache") is None:
        print("skipped: no ccache")
        return
    bench.write("a.cc", "int Update(int n) { return n; }\nint Sync(int n) { return n; }\n")
    rules = {name: f"spans:\n  - where: {{function: {name}}}\n" for name in ("Update", "Sync")}
    autospan = f"{bench.args.build}/bin/autospan"
    for mode, settings in (("direct", {}), ("depend", {"CCACHE_DEPEND": "1"}),
                           ("preprocessor", {"CCACHE_NODIRECT": "1"})):
        environment = dict({key: value for key, value in os.environ.items() if not key.startswith("CCACHE_")},
                           CCACHE_DIR=str(bench.dir / mode), **settings)

        def compile_with(name):
            bench.write("rules.yaml", rules[name])
            flags = bench.run([autospan, "flags", "--rules", "rules.yaml"]).stdout.split()
            done = bench.run(["ccache", f"clang++-{bench.args.clang}", *flags, "-MD", "-c", "a.cc", "-o",
                              "a.o"], env=environment)
            sites = bench.run(["nm", "-C", "a.o"]).stdout
            bench.expect(done.returncode == 0 and done.stdout == "" and f"{name}(int)::__autospan_site" in sites
                         and sites.count("::__autospan_site") == 1, f"{mode} {name}: {done.stdout}{sites}")

        for name in ("Update", "Sync", "Update", "Sync"):
            compile_with(name)
        told = bench.run(["ccache", "-s"], env=environment).stdout
        hits = re.search(r"Hits:\s+(\d+)", told)
        bench.expect(hits is not None and hits.group(1) == "2", f"{mode}: {told}")


@check
def rules_changed_since(bench):
    """The rules that the command's hash is of are not those in the file: said, and no error."""
    bench.write("a.cc", "int Update(int n) { return n; }\n")
    bench.write("rules.yaml", "spans:\n  - where: {function: Update}\n")
    flags = bench.run([f"{bench.args.build}/bin/autospan", "flags", "--rules", "rules.yaml"]).stdout.split()
    compiler = [f"clang++-{bench.args.clang}", *flags, "-Werror", "-c", "a.cc", "-o", "a.o"]
    fresh = bench.run(compiler)
    bench.expect(fresh.returncode == 0 and fresh.stdout == "", fresh.stdout)
    bench.write("rules.yaml", "spans:\n  - where: {function: \"Upd*\"}\n")
    stale = bench.run(compiler)
    bench.expect(stale.returncode == 0 and "rules.yaml has changed since the command's rules-hash was made" in
                 stale.stdout, stale.stdout)
    for dependencies in ("-MD", "-MMD"):
        bench.run([*compiler, dependencies, "-MF", "a.d"])
        bench.expect("rules.yaml" in (bench.dir / "a.d").read_text(), f"{dependencies}: no rules.yaml")


@check
def patterns_hint(bench):
    bench.write("a.cc", "int Update(int n) { return n; }\n")
    for pattern, hint in (("Update(int)", "; parameters are no part of a name: leave '(int)' out"),
                          ("Box<int>::get", "; template arguments are no part of a name: leave '<int>' out"),
                          ("Outer::(lambda)", ""), ("operator()", ""), ("operator<", "")):
        done = bench.compile("a.cc", plugin=[f"match={pattern}"])
        want = f"autospan: warning: match='{pattern}' matched no function in a.cc{hint}\n"
        bench.expect(done.stdout == want, done.stdout)
        bench.compile("a.cc", plugin=[f"match={pattern}", "report=r"])
        merged = bench.run([bench.args.tool, "merge", "r", "--target", "t"])
        bench.expect(f"matched no function in 1 file{hint}\n" in merged.stdout, merged.stdout)
