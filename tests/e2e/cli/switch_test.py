#!/usr/bin/env python3
"""autospan on and off: functions of a running process, switched from outside it."""

import glob
import json
import os
import time
import unittest

from machine import AUTOSPAN, INCLUDE, JOB, Case, signal, subprocess

HAS_PLUGIN = os.path.isdir(os.path.join(os.path.dirname(AUTOSPAN), "../lib/autospan"))
# Takes a word a line: a number is rounds to go, `late` runs a function for the first time.
PROGRAM = """
#include <cstdio>
#include <cstdlib>
#include <string>
namespace billing {
__attribute__((noinline)) int UpdateStripe(int user_id, const std::string& email) {
  int sum = 0;
  for (int i = 0; i < 3; ++i) sum += user_id + int(email.size()) + i;
  return sum;
}
__attribute__((noinline)) int Hash(int x) {
  for (int i = 0; i < 3; ++i) x = x * 31 + i;
  return x;
}
__attribute__((noinline)) int UpdateLate(int n) {
  for (int i = 0; i < 3; ++i) n += i;
  return n;
}
}
static void rounds(int count) {
  for (int i = 0; i < count; ++i) billing::UpdateStripe(billing::Hash(i) ? i : 0, "ada@example.org");
}
int main() {
  char word[32];
  while (std::scanf("%31s", word) == 1) {
    std::string(word) == "late" ? void(billing::UpdateLate(1)) : rounds(std::atoi(word));
    std::puts("done");
    std::fflush(stdout);
  }
  return 3;
}
"""


class Switches(Case):
    def start(self, command, **variables):
        job = subprocess.Popen(command, env={**self.env, **variables}, stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, text=True)
        for clean in (job.stdin.close, job.stdout.close, job.wait, job.kill):
            self.addCleanup(clean)
        return job

    def tell(self, job, word):
        print(word, file=job.stdin, flush=True)
        self.assertEqual(job.stdout.readline(), "done\n")

    def switch(self, *arguments, code=0):
        done = self.autospan(*arguments, "--json")
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return json.loads(done.stdout)

    def spans(self, job):
        done = self.autospan("dump", "--json", str(job.pid))
        self.assertEqual(done.returncode, 0, done.stderr)
        answer = json.loads(done.stdout)
        self.assertEqual((answer["lost"], answer["damaged"]), (0, 0))
        return answer["spans"]


@unittest.skipUnless(HAS_PLUGIN, "this build has no plugin")
class TheDial(Switches):
    @classmethod
    def setUpClass(cls):
        cls.place = __import__("tempfile").TemporaryDirectory(prefix="autospan-dial-")
        cls.addClassCleanup(cls.place.cleanup)
        source = os.path.join(cls.place.name, "job.cc")
        with open(source, "w") as file:
            file.write(PROGRAM)
        cls.program = os.path.join(cls.place.name, "job")
        subprocess.run(["bash", "-c", f"clang++-19 -O2 $('{AUTOSPAN}' flags --match '*') {source} -o {cls.program} "
                                      f"$('{AUTOSPAN}' libs)"], check=True)

    def standby(self, **variables):
        job = self.start([self.program], AUTOSPAN="standby", **variables)
        self.tell(job, "10")
        return job

    def test_any_function_of_a_program_on_standby_is_switched_on_for_a_while(self):
        for patch in ("on", "off"):
            with self.subTest(patch=patch):
                job = self.standby(AUTOSPAN_PATCH=patch)
                self.assertEqual(self.spans(job), [])

                before = time.monotonic()
                answer = self.switch("on", str(job.pid), "--match", "Update*", "--for", "2s")
                self.tell(job, "5")
                took = time.monotonic() - before

                spans = self.spans(job)
                self.assertEqual([span["name"] for span in spans], ["billing::UpdateStripe"] * 5)
                self.assertEqual([span["fields"]["user_id"] for span in spans], [0, 1, 2, 3, 4])
                self.assertEqual(spans[0]["fields"]["email"], "ada@example.org")
                self.assertLess(took, 1, "100 ms on a machine at rest")
                self.assertEqual(answer["schema"], 1)
                self.assertEqual((answer["on"], answer["match"], answer["switched"], answer["matched"], answer["tended"]),
                                 (True, ["Update*"], ["billing::UpdateStripe"], 1, True))
                self.assertEqual(answer["process"], {"pid": job.pid, "program": "job"})
                self.assertIn(answer["patching"], ("on", "off"))

                self.tell(job, "late")  # registered now: the rule is there
                self.assertEqual(self.spans(job)[-1]["name"], "billing::UpdateLate")

                time.sleep(max(0, before + 2.3 - time.monotonic()))
                self.tell(job, "5")
                self.assertEqual(len(self.spans(job)), 6)

    def test_a_process_that_exports_is_tended_by_its_drain(self):
        lines = os.path.join(self.directory.name, "out.ndjson")
        job = self.standby(AUTOSPAN_EXPORT=f"file:{lines}")
        self.assertTrue(self.switch("on", str(job.pid), "--match", "billing::Hash")["tended"])
        self.tell(job, "3")
        job.stdin.close()
        self.assertEqual(job.wait(), 3)
        with open(lines) as file:
            names = [json.loads(line)["data"]["name"] for line in file]
        self.assertEqual(names, ["billing::Hash"] * 3)

    def test_a_running_program_is_switched_off_and_on_again(self):
        job = self.start([self.program])
        self.tell(job, "2")
        self.assertEqual(len(self.spans(job)), 5)  # rounds() too

        done = self.autospan("off", str(job.pid), "--match", "Hash", "--match", "rounds", "--for", "1h")
        self.assertEqual(done.returncode, 0, done.stderr)
        text = done.stdout.decode()
        self.assertIn(f"{job.pid} (job): Hash, rounds off for 1h", text)
        self.assertIn("2 functions switched off", text)
        self.assertIn("\n  billing::Hash\n  rounds\n", text)
        self.assertIn("no thread of this process watches the clock", text)
        self.tell(job, "2")
        self.assertEqual([span["name"] for span in self.spans(job)[5:]], ["billing::UpdateStripe"] * 2)

        answer = self.switch("on", str(job.pid))
        self.assertEqual((answer["match"], answer["until"], answer["switched"]),
                         (["*"], None, ["billing::Hash", "rounds"]))
        self.tell(job, "1")
        self.assertEqual(len(self.spans(job)), 10)

    def test_under_valgrind_nothing_is_patched(self):
        if subprocess.run(["sh", "-c", "command -v valgrind"], capture_output=True).returncode != 0:
            self.skipTest("no valgrind here")
        # Older ones give up on the debug information of newer compilers.
        library = os.path.join(os.path.dirname(AUTOSPAN), "../lib/libautospan.so.1")
        subprocess.run(["strip", "-g", "-o", os.path.join(self.directory.name, "libautospan.so.1"), library], check=True)
        job = self.start(["valgrind", "-q", "--tool=none", self.program], AUTOSPAN="standby",
                         LD_LIBRARY_PATH=self.directory.name)
        self.tell(job, "2")
        answer = self.switch("on", str(job.pid), "--match", "Hash")
        self.assertEqual(answer["patching"], "off")
        self.tell(job, "2")
        self.assertEqual([span["name"] for span in self.spans(job)], ["billing::Hash"] * 2)


class Macros(Switches):
    def test_a_macro_on_standby_is_off_and_on(self):
        job = subprocess.run([JOB, "status", "3"], env={**self.env, "AUTOSPAN": "standby", "AUTOSPAN_ON": "Finish*,Fail*"})
        self.assertEqual(job.returncode, 3)
        dumped = json.loads(self.autospan("dump", "--json").stdout)
        self.assertEqual(sorted(span["name"] for span in dumped["spans"]), ["FailUser", "FinishUser", "FinishUser"])


class Mistakes(Switches):
    def refused(self, code, sentence, *arguments):
        done = self.autospan(*arguments)
        self.assertEqual((done.returncode, done.stdout), (code, b""), arguments)
        self.assertIn(sentence, done.stderr.decode())

    def test_usage(self):
        for verb in ("on", "off"):
            self.refused(2, "required", verb)
            self.refused(2, "three stars", verb, "1", "--match", "a***")
            self.refused(2, "longer than 111 bytes", verb, "1", "--match", "x" * 112)
            self.refused(2, "regex", verb, "1", "--match", "re:x")
            self.refused(2, "'5' is no duration", verb, "1", "--for", "5")
            self.refused(2, "'0' is no duration", verb, "1", "--for", "0")

    def test_what_is_no_process_of_ours(self):
        self.refused(1, "no such process", "on", "999999999")
        self.refused(3, "/no/such/file", "on", "/no/such/file")
        self.refused(3, "not a ring", "off", "/etc/passwd")
        sleeper = subprocess.Popen(["sleep", "60"])
        self.addCleanup(sleeper.wait)
        self.addCleanup(sleeper.kill)
        self.refused(1, "no ring file of its own", "on", str(sleeper.pid))

    def test_a_process_that_has_ended(self):
        subprocess.run([JOB, "status", "3"], env=self.env)
        (ring,) = glob.glob(self.rings + "/*.ring")
        self.refused(1, "its process has ended", "on", ring)

    def test_rules_have_so_much_room(self):
        job = subprocess.Popen([JOB, "wait"], env=self.env, stdout=subprocess.PIPE)
        self.addCleanup(job.stdout.close)
        self.addCleanup(job.wait)
        self.addCleanup(job.send_signal, signal.SIGKILL)
        job.stdout.readline()
        for i in range(24):
            self.switch("off", str(job.pid), "--match", f"f{i}")
        self.switch("on", str(job.pid), "--match", "f7")  # takes the place of its opposite
        self.refused(1, "24 rules are in force", "off", str(job.pid), "--match", "one more")
        self.switch("off", str(job.pid))
        self.switch("off", str(job.pid), "--match", "one more")


if __name__ == "__main__":
    unittest.main()
