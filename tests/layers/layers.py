#!/usr/bin/env python3
"""Includes follow the arrows between rooms, and libraries need what they may need, no more.

    layers.py check ROOT        every #include "room/…" and <autospan/…> of the tree
    layers.py plant ROOT        the same on a copy with a violation planted: must fail
    layers.py needed FILE NAME… the ELF file's NEEDED are at most these
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

# Who may include whom. `public` is runtime/include, `macros` the headers that users include.
ARROWS = {
    "public": {"public"},
    "macros": {"macros", "public"},
    "model": {"model", "public"},
    "ring": {"ring", "public"},
    "elf": {"elf"},
    "record": {"record", "ring", "model", "public"},
    "wire": {"wire", "model", "public"},
    "export": {"export", "wire", "model", "public"},
    "drain": {"drain", "elf", "export", "ring", "model", "public"},
    "hooks": {"hooks", "ring", "public"},
    "plugin": {"plugin", "model", "public"},
    "tools": {"tools", "drain", "elf", "export", "wire", "ring", "model", "public"},
}
RUNTIME = {"model", "elf", "ring", "record", "wire", "export", "drain", "hooks"}
# The hot path and what users include pay for every header: no fmt, no heavy std.
BANNED = {
    "record": re.compile(r"#\s*include\s*<(fmt/|string>|vector>|map>|iostream>|memory>|functional>)"),
    "macros": re.compile(r"#\s*include\s*<(fmt/|string>|vector>|map>|iostream>|memory>|chrono>)"),
}
INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<(autospan/[^>]+)>)')


def room_of(path: pathlib.PurePath):
    parts = path.parts
    if parts[0] == "runtime":
        if parts[1] == "include":
            return "public"
        return parts[1] if parts[1] in RUNTIME else None
    return parts[0] if parts[0] in ("macros", "plugin", "tools") else None


def room_included(root, source, target):
    if target.startswith("autospan/"):
        return "macros" if (root / "macros/include" / target).exists() else "public"
    first = target.split("/")[0]
    if "/" in target and first in RUNTIME:
        return first
    return room_of(source)  # a neighbour in the same folder


def check(root):
    wrong, seen = [], 0
    for top in ("runtime", "macros", "plugin", "tools"):
        for file in sorted((root / top).rglob("*")):
            if file.suffix not in (".h", ".cc", ".hpp", ".cpp", ".c"):
                continue
            source = file.relative_to(root)
            room = room_of(source)
            if room is None:
                continue
            for number, line in enumerate(file.read_text(errors="replace").splitlines(), 1):
                if room in BANNED and BANNED[room].match(line):
                    wrong.append(f"{source}:{number}: {line.strip()}: not in room {room}")
                match = INCLUDE.match(line)
                if not match:
                    continue
                seen += 1
                target = match.group(1) or match.group(2)
                included = room_included(root, source, target)
                if included not in ARROWS[room]:
                    wrong.append(f"{source}:{number}: room {room} includes room {included} ({target})")
    if seen < 50:
        wrong.append(f"only {seen} includes found under {root}: the check looks in the wrong place")
    return wrong


def plant(root):
    with tempfile.TemporaryDirectory() as copy:
        copy = pathlib.Path(copy)
        for top in ("runtime", "macros", "plugin", "tools"):
            shutil.copytree(root / top, copy / top)
        with open(copy / "runtime/ring/format.h", "a") as file:
            file.write('\n#include "export/pipeline.h"\n')
        with open(copy / "runtime/record/writer.h", "a") as file:
            file.write("\n#include <string>\n")
        found = check(copy)
    if len(found) != 2:
        return [f"two violations were planted, {len(found)} found: {found}"]
    return []


def needed(file, allowed):
    out = subprocess.run(["readelf", "-d", file], capture_output=True, text=True, check=True).stdout
    names = re.findall(r"\(NEEDED\).*\[(.*)\]", out)
    return [f"{file} needs {name}; allowed: {', '.join(allowed)}"
            for name in names if not any(re.fullmatch(a, name) for a in allowed)]


def main():
    verb, args = sys.argv[1], sys.argv[2:]
    wrong = {"check": lambda: check(pathlib.Path(args[0])),
             "plant": lambda: plant(pathlib.Path(args[0])),
             "needed": lambda: needed(args[0], args[1:])}[verb]()
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
