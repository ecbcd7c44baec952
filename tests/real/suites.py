"""Runs a test program and tells which of its tests passed. What a program prints decides, so that one
that dies is judged by the tests that it finished."""
import os
import pathlib
import re
import shutil
import subprocess

LIMIT_S = 1500


def run_program(program, path, source, scratch, environment, skipped=()):
    """({test: passed}, what it printed)"""
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    for folder in program.reads:
        (scratch / folder).symlink_to(source / folder)
    command = [str(path), *program.arguments, *left_out_arguments(program.kind, skipped)]
    log = scratch / "output.log"
    env = dict(os.environ, TEST_TMPDIR=str(scratch), TMPDIR=str(scratch), **environment)
    with open(log, "w") as out:
        try:
            status = subprocess.run(command, cwd=scratch, env=env, stdout=out, stderr=subprocess.STDOUT,
                                    stdin=subprocess.DEVNULL, timeout=LIMIT_S).returncode
        except subprocess.TimeoutExpired:
            out.write(f"\nkilled after {LIMIT_S} s\n")
            status = -9
    text = log.read_text(errors="replace")
    return {f"{program.name}: {test}": passed for test, passed in
            READERS[program.kind](program, status, text).items()}, text


def left_out_arguments(kind, skipped):
    if not skipped:
        return []
    if kind == "gtest":
        return ["--gtest_filter=-" + ":".join(skipped)]
    if kind == "doctest":
        return ["--test-case-exclude=" + ",".join(skipped)]
    raise ValueError(f"tests of kind {kind} cannot be left out one by one")


def read_gtest(program, status, text):
    tests = {}
    for verdict, name in re.findall(r"\[ (RUN     |      OK|     OK|  FAILED|FAILED |  SKIPPED|SKIPPED) ?\] "
                                    r"([\w/.<>:-]+)", text):
        tests[name] = verdict.strip() in ("OK", "SKIPPED")
    return tests or {"(runs)": status == 0}


def read_doctest(program, status, text):
    tests, name = {}, None
    for case, ended in re.findall(r'<TestCase name="([^"]*)"|test_case_success="(\w+)"', text):
        if case:
            name = case
            tests[name] = False
        elif name is not None:
            tests[name] = ended == "true"
    return tests or {"(runs)": status == 0}


def read_status(program, status, text):
    return {"(whole)": status == 0}


READERS = {"gtest": read_gtest, "doctest": read_doctest, "status": read_status}


def reports(text):
    """What the sanitizers said, without addresses."""
    said = set()
    for line in text.splitlines():
        if ": runtime error: " in line or line.startswith("SUMMARY: "):
            said.add(re.sub(r"0x[0-9a-f]+|\b\d{4,}\b", "N", pathlib.PurePath(line).as_posix()))
    return said
