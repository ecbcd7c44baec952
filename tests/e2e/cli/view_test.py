#!/usr/bin/env python3
"""autospan view: the store as a reader meets it, empty, damaged, large or not there."""

import os
import pty
import time
import unittest

from machine import AUTOSPAN, Case, sh, subprocess

SPANS = 100_000


def line(number, name="step", parent=1):
    above = f'"trace.parent_id":"{parent:016x}",' if parent else ""
    return (f'{{"time":"2027-01-15T08:00:00.{number:09d}Z","samplerate":1,"dataset":"d","data":'
            f'{{"name":"{name}","trace.trace_id":"{"ab" * 16}",{above}"trace.span_id":"{number:016x}",'
            f'"duration_ms":0.5,"service.name":"big","user_id":{number}}}}}\n')


class TheStore(Case):
    def write(self, *lines, name="a.ndjson"):
        os.makedirs(os.path.join(self.store, "inbox"), exist_ok=True)
        with open(os.path.join(self.store, "inbox", name), "w") as file:
            file.writelines(lines)

    def test_an_empty_store_says_what_to_do_next(self):
        done = self.autospan("view", "--last")

        self.assertEqual((done.returncode, done.stdout), (1, b""))
        self.assertIn(b"autospan run -- PROGRAM", done.stderr)

    def test_a_store_that_is_named_and_none_is_unreadable_input(self):
        wrong = {"/no/such/store": "No such file", "/etc/passwd": "Not a directory", "/etc": "is no store"}
        for path, words in wrong.items():
            done = self.autospan("view", "--store", path)

            self.assertEqual((done.returncode, done.stdout), (3, b""), path)
            self.assertIn(f"'{path}'", done.stderr.decode())
            self.assertIn(words, done.stderr.decode())
        self.env["AUTOSPAN_STORE"] = "/etc/passwd"
        self.assertEqual(self.autospan("view").returncode, 3)

    def test_every_place_of_the_store_rule_is_looked_at(self):
        del self.env["AUTOSPAN_STORE"]
        self.run_job(*sh("exit 0"))
        self.env["XDG_STATE_HOME"] = os.path.join(self.directory.name, "elsewhere")

        self.assertEqual(len(self.trace("--last")), 1)

    def test_the_last_trace_is_the_one_whose_root_started_latest(self):
        self.autospan("run", "--name", "first", "--", "true")
        self.autospan("run", "--name", "second", "--", "true")

        self.assertEqual(self.trace("--last")[0]["name"], "second")

    def test_a_trace_is_found_by_its_first_digits_and_by_another_stores_name(self):
        self.write(line(1, "start", None))

        for wanted in ("abab", "AB" * 16):
            self.assertEqual(self.trace(wanted)[0]["name"], "start")
        self.env["AUTOSPAN_STORE"] = "/nowhere"
        self.assertEqual(len(self.trace("--store", self.store)), 1)

    def test_what_is_not_there_and_what_is_no_id(self):
        self.write(line(1, "start", None))

        self.assertEqual(self.autospan("view", "cdcd").returncode, 1)
        for wanted in ("xyz", "ab", "ab" * 17):
            self.assertEqual(self.autospan("view", wanted).returncode, 2)
        self.assertEqual(self.autospan("view", "--last", "abab").returncode, 2)
        self.assertEqual(self.autospan("view", "--width", "3").returncode, 2)

    def test_damaged_lines_are_passed_over_and_counted_on_standard_error(self):
        self.write(line(1, "start", None), "garbage\n", line(2))

        done = self.autospan("view")

        self.assertEqual(done.returncode, 0)
        self.assertIn(b"1 damaged line ", done.stderr)
        self.assertIn("2 spans", done.stdout.decode())

    def test_a_hundred_thousand_spans_fold_quickly(self):
        self.write(line(1, "start", None), *(line(i) for i in range(2, SPANS + 1)))
        begun = time.monotonic()

        done = self.autospan("view")

        took = time.monotonic() - begun
        self.assertLess(took, 10)
        self.assertEqual(len(done.stdout.splitlines()), 6, done.stdout)
        self.assertIn(f"×{SPANS - 1}".encode(), done.stdout)
        self.assertEqual(len(self.autospan("view", "--all").stdout.splitlines()), SPANS + 4)


class TheTerminal(Case):
    def setUp(self):
        super().setUp()
        self.run_job(*sh("exit 3"))

    def on_a_terminal(self, **variables):
        leader, follower = pty.openpty()
        done = subprocess.Popen([AUTOSPAN, "view"], env={**self.env, "TERM": "xterm", **variables},
                                stdout=follower, stdin=subprocess.DEVNULL)
        os.close(follower)
        out = b""
        try:
            while chunk := os.read(leader, 65536):
                out += chunk
        except OSError:  # the other end is closed
            pass
        os.close(leader)
        self.assertEqual(done.wait(30), 0)
        return out

    def test_colours_only_on_a_terminal_that_wants_them(self):
        self.assertIn(b"\x1b[31m", self.on_a_terminal())
        self.assertNotIn(b"\x1b", self.on_a_terminal(NO_COLOR="1"))
        self.assertNotIn(b"\x1b", self.on_a_terminal(TERM="dumb"))
        self.assertNotIn(b"\x1b", self.autospan("view").stdout)
        self.assertIn(b"\x1b[31m", self.autospan("view", "--color", "always").stdout)

    def test_the_width_is_asked_for_in_order(self):
        def widest(*arguments):
            text = self.autospan("view", *arguments).stdout.decode()
            return max(len(row) for row in text.splitlines()[3:])

        self.assertEqual(widest(), 100)
        self.env["COLUMNS"] = "70"
        self.assertEqual(widest(), 70)
        self.assertEqual(widest("--width", "60"), 60)

    def test_a_reader_that_goes_away_is_no_failure(self):
        done = subprocess.run(["bash", "-c", f"set -o pipefail; '{AUTOSPAN}' view --fields | true"],
                              env=self.env, timeout=30)

        self.assertEqual(done.returncode, 0)

    def test_a_full_disk_is_one(self):
        with open("/dev/full", "w") as full:
            done = self.autospan("view", capture_output=False, stdout=full, stderr=subprocess.PIPE)

        self.assertEqual(done.returncode, 3)
        self.assertIn(b"No space left", done.stderr)


class TheCommand(Case):
    def test_it_introduces_itself(self):
        self.assertRegex(self.autospan("--version").stdout.decode(), r"^autospan \d+\.\d+\.\d+\n$")
        self.assertIn(b"autospan run -- ./job", self.autospan("--help").stdout)
        for verb in ("run", "view", "dump", "flags", "libs", "doctor"):
            done = self.autospan(verb, "--help")
            self.assertEqual(done.returncode, 0, verb)
            self.assertIn(b"xit code", done.stdout, verb)

    def test_a_usage_error_names_its_verb(self):
        for verb in ("run", "view", "dump", "flags", "libs", "doctor"):
            error = self.autospan(verb, "--no-such-option").stderr.decode()

            self.assertRegex(error, f"^autospan: {verb}: .*--no-such-option")

    def test_an_unknown_verb_is_a_usage_error(self):
        done = self.autospan("veiw")

        self.assertEqual(done.returncode, 2)
        self.assertIn(b"'veiw'", done.stderr)

    def test_it_needs_no_curl_duckdb_or_llvm(self):
        needed = subprocess.run(["readelf", "-d", AUTOSPAN], capture_output=True, text=True).stdout

        self.assertIn("libc.so.6", needed)
        for name in ("curl", "duckdb", "LLVM", "ssl"):
            self.assertNotIn(name, needed)

    @unittest.skipIf(os.environ.get("AUTOSPAN_TEST_SANITIZE"), "sanitizers take their time")
    def test_it_starts_in_five_milliseconds(self):
        def quickest(*command):
            best = 1.0
            for _ in range(40):
                begun = time.monotonic()
                subprocess.run(command, stdout=subprocess.DEVNULL)
                best = min(best, time.monotonic() - begun)
            return best

        self.assertLess(quickest(AUTOSPAN, "--version") - quickest("/bin/true"), 0.005)


if __name__ == "__main__":
    unittest.main()
