#!/usr/bin/env python3
"""autospan flags, libs and doctor: what a build takes from them."""

import json
import os
import unittest

from machine import AUTOSPAN, INCLUDE, JOB, Case, signal, subprocess

PROGRAM = """
#include <autospan/abi.h>
int main(void) {
  static autospan_v1_site site = {0, sizeof(autospan_v1_site), AUTOSPAN_SITE_SPAN, 0, "main",
                                  0, 0, 0, 0, 1, 0, 0, 0, 0, 0};
  autospan_v1_exit(autospan_v1_enter_0(&site));
  return 3;
}
"""
HAS_PLUGIN = os.path.isdir(os.path.join(os.path.dirname(AUTOSPAN), "../lib/autospan"))


class Linking(Case):
    def build(self, *options):
        source = os.path.join(self.directory.name, "job.c")
        with open(source, "w") as file:
            file.write(PROGRAM)
        program = os.path.join(self.directory.name, "job")
        # Unquoted, as a person writes it.
        command = f"cc -I{INCLUDE} {source} -o {program} $('{AUTOSPAN}' libs {' '.join(options)})"
        done = subprocess.run(["sh", "-c", command], env=self.env, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        return program

    def test_a_program_linked_by_libs_runs_and_leaves_a_ring(self):
        for options in ([], ["--static"]):
            with self.subTest(options):
                self.assertEqual(subprocess.run([self.build(*options)], env=self.env).returncode, 3)
                dumped = json.loads(self.autospan("dump", "--json").stdout)
                self.assertEqual([span["name"] for span in dumped["spans"]], ["main"])

    def test_no_rpath_leaves_it_out(self):
        self.assertIn(b"-Wl,-rpath,", self.autospan("libs").stdout)
        self.assertNotIn(b"rpath", self.autospan("libs", "--no-rpath").stdout)
        self.assertEqual(self.autospan("libs", "--no-rpath", "--static").returncode, 2)

    def test_the_doctor_knows_an_instrumented_program_from_another(self):
        self.assertEqual(self.grades("doctor", self.build()), {"code": "ok", "runtime": "ok"})
        self.assertEqual(self.grades("doctor", self.build("--static"))["code"], "ok")
        self.assertEqual(self.grades("doctor", "/bin/sh", code=1), {"code": "fail"})
        self.assertEqual(self.autospan("doctor", "/etc/passwd").returncode, 3)
        self.assertEqual(self.autospan("doctor", "/no/such/file").returncode, 3)

    def test_the_doctor_looks_into_a_living_process(self):
        job = subprocess.Popen([JOB, "wait"], env=self.env, stdout=subprocess.PIPE)
        self.addCleanup(job.stdout.close)
        self.addCleanup(job.wait)
        self.addCleanup(job.send_signal, signal.SIGKILL)
        job.stdout.readline()

        grades = self.grades("doctor", str(job.pid))

        self.assertEqual((grades["code"], grades["loaded"], grades["ring"]), ("ok", "ok", "ok"))

    def grades(self, *arguments, code=0):
        done = self.autospan(*arguments, "--json")
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return {check["check"]: check["grade"] for check in json.loads(done.stdout)["checks"]}


class TheMachine(Case):
    def checks(self):
        return json.loads(self.autospan("doctor", "--json").stdout)["checks"]

    def test_runtime_rings_store_and_clock_are_looked_at(self):
        names = {check["check"] for check in self.checks()}

        self.assertLessEqual({"runtime", "plugin", "rings", "export", "store", "clock"}, names)

    def test_a_key_is_masked(self):
        self.env["HONEYCOMB_API_KEY"] = key = "hcaik_" + "0123456789abcdef" * 3 + "0123456789"

        text = self.autospan("doctor").stdout.decode()

        self.assertIn("hcai…", text)
        self.assertNotIn(key[:12], text)

    def test_what_only_its_owner_may_know_is_not_shown(self):
        self.env.update(HONEYCOMB_API_KEY="shortsecret", HONEYCOMB_API_ENDPOINT="http://ada:hunter2@127.0.0.1:9")

        text = self.autospan("doctor", "--network").stdout.decode()

        self.assertIn("… (11 characters)", text)
        self.assertIn("http://127.0.0.1:9: Connection refused", text)
        for secret in ("shor", "ada", "hunter2"):
            self.assertNotIn(secret, text)

    def test_a_library_to_send_with_must_be_there(self):
        self.env.update(HONEYCOMB_API_KEY="a" * 32)
        self.assertEqual([c["grade"] for c in self.checks() if c["check"] == "export"], ["ok"])

        self.env["AUTOSPAN_EXPORT_LIBRARY"] = "/no/such/library.so"
        (check,) = [c for c in self.checks() if c["check"] == "export"]
        self.assertEqual(check["grade"], "fail")
        self.assertIn("'/no/such/library.so'", check["advice"])

    def test_what_is_wrong_is_told(self):
        self.env.update(AUTOSPAN_RING_DIR="/etc", AUTOSPAN_STORE="/dev/null/store", AUTOSPAN_EXPORT="nowhere")

        done = self.autospan("doctor")

        self.assertEqual(done.returncode, 1)
        for word in (b"/etc (not our own", b"/dev/null", b"nowhere"):
            self.assertIn(word, done.stdout)

    def test_a_refused_endpoint_is_found_on_request(self):
        self.env.update(HONEYCOMB_API_KEY="a" * 32, HONEYCOMB_API_ENDPOINT="http://127.0.0.1:9")

        done = self.autospan("doctor", "--network")

        self.assertEqual(done.returncode, 1)
        self.assertIn(b"Connection refused", done.stdout)


class Flags(Case):
    def test_bad_options_are_usage_errors(self):
        for options in (["--match", ""], ["--min-statements", "x"], ["--min-statements", "9999999"], ["--match"]):
            self.assertEqual(self.autospan("flags", *options).returncode, 2, options)

    @unittest.skipUnless(HAS_PLUGIN, "this build has no plugin")
    def test_words_survive_an_unquoted_substitution_in_a_hostile_directory(self):
        for name in ("-fplugin-arg-autospan-match=Updates", "Update1", "a"):
            open(os.path.join(self.directory.name, name), "w").close()
        globs = ["Update*", "re:^a b[0-9]?$", "billing::**"]
        options = " ".join(f"--match '{glob}'" for glob in globs)
        done = subprocess.run(["bash", "-c", f"shopt -s extglob nullglob; printf '%s\\n' $('{AUTOSPAN}' flags {options})"],
                              env=self.env, cwd=self.directory.name, capture_output=True, text=True)

        words = done.stdout.splitlines()

        self.assertEqual(len(words), 5)
        self.assertRegex(words[4], r"^-isystem/.*/include$")
        self.assertRegex(words[0], r"^-fplugin=/.*/AutospanClang-\d+\.so$")
        self.assertEqual(words[1:4], ["-fplugin-arg-autospan-match-enc=Update%2A",
                                     "-fplugin-arg-autospan-match-enc=re:%5Ea%20b%5B0-9%5D%3F%24",
                                     "-fplugin-arg-autospan-match-enc=billing::%2A%2A"])

    @unittest.skipUnless(HAS_PLUGIN, "this build has no plugin")
    def test_a_rules_file_is_absolute_and_its_content_shows(self):
        rules = os.path.join(self.directory.name, "rules.yaml")
        hashes = set()
        for text in ("spans: []\n", "spans:\n"):
            with open(rules, "w") as file:
                file.write(text)
            words = self.autospan("flags", "--rules", "rules.yaml", cwd=self.directory.name).stdout.decode().split()
            self.assertEqual(words[1], f"-fplugin-arg-autospan-rules={rules}")
            hashes.add(words[2])
        self.assertEqual(len(hashes), 2)
        self.assertEqual(self.autospan("flags", "--rules", "/no/such/file").returncode, 3)


if __name__ == "__main__":
    unittest.main()
