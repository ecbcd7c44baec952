# For gdb -batch -x: what a user sees of a program, a line each, free of addresses.
#   stop NAME LINE (ARGUMENTS)   where a breakpoint on each function of the source stops
#   at NAME LINE                 every stop of `step` through the source, from main on
#   frame NAME                   of the whole stack where the program dies
import gdb
import os
import re

SOURCE = os.environ["WALK_SOURCE"]
FUNCTIONS = os.environ["WALK_FUNCTIONS"].split()

for setting in ("pagination off", "confirm off", "width 0", "print address off",
                "debuginfod enabled off"):
    gdb.execute("set " + setting, to_string=True)
# What the C library does inside is no matter of ours, where its sources are known to gdb.
gdb.execute("skip -gfi */sysdeps/*", to_string=True)


def said(line):
    print("walk: " + line, flush=True)


def name_of(frame):
    return re.sub(r"\(.*", "", frame.name() or "?")


def in_source(frame):
    table = frame.find_sal().symtab
    return table is not None and os.path.basename(table.filename) == SOURCE


def alive():
    return gdb.selected_inferior().pid != 0


def run():
    gdb.execute("run > /dev/null", to_string=True)


def breakpoints():
    made = [gdb.Breakpoint(name) for name in FUNCTIONS]
    run()
    while alive() and gdb.selected_frame().name() is not None and in_source(gdb.selected_frame()):
        frame = gdb.selected_frame()
        arguments = gdb.execute("info args", to_string=True).split("\n")
        said(f"stop {name_of(frame)} {frame.find_sal().line} ({' '.join(arguments)})")
        gdb.execute("continue", to_string=True)
    for one in made:
        one.delete()


def steps():
    gdb.Breakpoint("main", temporary=True)
    run()
    for _ in range(2000):
        if not alive():
            return
        frame = gdb.selected_frame()
        if in_source(frame):
            said(f"at {name_of(frame)} {frame.find_sal().line}")
            gdb.execute("step", to_string=True)
        elif frame.older() is None or name_of(frame).startswith("__pthread_kill"):
            return
        else:
            gdb.execute("finish", to_string=True)


def death():
    gdb.execute("kill", to_string=True) if alive() else None
    run()
    if not alive():
        return
    frame = gdb.newest_frame()
    while frame is not None:
        said(f"frame {name_of(frame)}" + (f" {frame.find_sal().line}" if in_source(frame) else ""))
        frame = frame.older()


for part in os.environ["WALK"].split():
    globals()[part]()
