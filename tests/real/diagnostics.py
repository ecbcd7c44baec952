#!/usr/bin/env python3
"""What the compiler says of the projects' sources and of the plugin's cases, with -Weverything: the same with
the plugin and without, of whole sources and of such as a token is missing from.

diagnostics.py --build DIR [--clang 19] [--broken 2] [--each N] [PROJECT…]     --each: at most so many files each
"""
import argparse
import difflib
import json
import pathlib
import random
import re
import shlex
import subprocess
import sys
import tempfile

import building
import project as projects
import sources

CASES = pathlib.Path(__file__).resolve().parent.parent / "plugin/cases"
LOUD = ["-Weverything", "-Wno-error", "-ferror-limit=0", "-fno-color-diagnostics"]


def project_files(tools, name, work):
    """(file, command without output, folder) of every file that the project's suite compiles."""
    recipe = projects.load(name)
    source = sources.unpack(recipe.package, work)
    tree = building.Tree(tools, recipe, source, work, "O2", instrumented=False)
    tree.prepare()
    for entry in json.loads((tree.dir / "compile_commands.json").read_text()):
        words = shlex.split(entry["command"])
        words = words[[i for i, word in enumerate(words) if "clang" in word][0]:]
        at = words.index("-o")
        del words[at:at + 2]
        yield pathlib.Path(entry["file"]), words[:-1], tree.dir


def case_files(clang, include):
    for file in sorted([*CASES.glob("*/*.cc"), *CASES.glob("*/*.c")]):
        flags = [line for line in (file.parent / "flags").read_text().splitlines() if line.startswith("-")]
        compiler = f"clang-{clang}" if file.suffix == ".c" else f"clang++-{clang}"
        yield file, [compiler, *flags, *include, "-c"], file.parent


def broken(text, draw):
    """The text without one token, or with one twice."""
    tokens = list(re.finditer(r"[A-Za-z_]\w*|[(){};,<>]", text))
    if not tokens:
        return text
    token = draw.choice(tokens)
    return text[:token.start()] + draw.choice(["", token[0] + " " + token[0]]) + text[token.end():]


def said(words, file, folder, flags):
    done = subprocess.run([*words, *LOUD, *flags, "-O1", str(file), "-o", "/dev/null"], cwd=folder, text=True,
                          errors="replace", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=600)
    return f"status {done.returncode}\n{done.stdout}"


def differs(words, file, folder, plugin):
    plain, with_plugin = said(words, file, folder, []), said(words, file, folder, plugin)
    lines = difflib.unified_diff(plain.splitlines(), with_plugin.splitlines(), "plain", "with the plugin", lineterm="")
    return plain, "\n".join(list(lines)[:20])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True, type=pathlib.Path)
    parser.add_argument("--clang", default="19")
    parser.add_argument("--broken", type=int, default=2, help="broken copies of each file")
    parser.add_argument("--each", type=int, default=10**6)
    parser.add_argument("project", nargs="*")
    args = parser.parse_args()
    tools = building.Tools(args.build.resolve(), args.clang)
    plugin = tools.flags()
    work = tools.build / "real"
    room = pathlib.Path(__file__).resolve().parent.parent.parent
    include = [f"-I{room / 'runtime/include'}", f"-I{room / 'macros/include'}"]
    corpus = [] if args.project else [("cases", *found) for found in case_files(args.clang, include)]
    for name in args.project or projects.names():
        files = list(project_files(tools, name, work))
        random.Random(1).shuffle(files)
        corpus += [(name, *found) for found in files[:args.each]]
    count, errors, wrong = 0, 0, 0
    for name, file, words, folder in corpus:
        if not file.exists():
            continue
        with tempfile.TemporaryDirectory() as copies:
            versions = [file]
            text = file.read_text(errors="replace")
            for number in range(args.broken):
                draw = random.Random(f"{name}/{file.name}/{number}")
                copy = pathlib.Path(copies) / f"{number}-{file.name}"
                copy.write_text(broken(text, draw))
                versions.append(copy)
            for version in versions:
                own = [f"-I{file.parent}"] if version is not file else []
                plain, difference = differs([*words, *own], version, folder, plugin)
                count += 1
                errors += not plain.startswith("status 0")
                if difference:
                    wrong += 1
                    print(f"{name}: {file} ({'broken' if own else 'whole'}):\n{difference}")
    print(f"{count} sources, {errors} of them with errors: {wrong} said otherwise with the plugin")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
