#!/usr/bin/env python3
"""autospan dump: what a dead process did and was doing, from its ring."""

import glob
import json
import os
import random
import threading
import time
import unittest

from machine import JOB, Case, died_by, signal, subprocess


class TheDead(Case):
    def job(self, *arguments):
        return subprocess.run([JOB, *arguments], env=self.env, capture_output=True, timeout=30)

    def start(self):
        job = subprocess.Popen([JOB, "wait"], env=self.env, stdout=subprocess.PIPE)
        self.addCleanup(job.stdout.close)
        self.addCleanup(job.wait)
        self.addCleanup(job.kill)
        self.assertEqual(job.stdout.readline(), b"ready\n")
        return job

    def killed(self):
        job = self.start()
        job.kill()
        self.assertEqual(job.wait(), died_by(signal.SIGKILL))
        return job

    def dump(self, *arguments):
        done = self.autospan("dump", "--json", *arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        answer = json.loads(done.stdout)
        self.assertEqual(answer["schema"], 1)
        for span in answer["spans"] + answer["open"]:
            self.check_span(span)
        return answer

    def test_a_killed_process_tells_its_open_stack_and_every_finished_span(self):
        job = self.killed()

        answer = self.dump()

        self.assertEqual([(span["name"], span["status"]) for span in answer["open"]],
                         [("start", "unfinished"), ("UpdateSalesforce", "unfinished")])
        self.assertEqual(answer["open"][1]["fields"]["email"], "ada@example.org")
        self.assertEqual(answer["open"][1]["fields"]["attempt"], 2)
        self.assertGreaterEqual(answer["open"][0]["age_ms"], 0)
        self.assertEqual(answer["open"][1]["parent_id"], answer["open"][0]["span_id"])
        self.assertEqual(sorted(span["name"] for span in answer["spans"]),
                         ["FailUser", "FinishUser", "FinishUser"])
        self.assertEqual((answer["lost"], answer["damaged"]), (0, 0))
        self.assertEqual((answer["process"]["pid"], answer["process"]["state"]), (job.pid, "killed"))
        self.assertEqual(len(answer["kept"]), 1)

    def test_as_text_it_shows_process_open_stack_and_tree(self):
        job = self.killed()

        text = self.autospan("dump").stdout.decode()

        self.assertIn("1 kept ring", text)
        self.assertIn(f"cli_traced_job  pid {job.pid}  killed without a word", text)
        self.assertRegex(text, r"outermost first\nthread \d+\n  start  how=wait  for .*\n"
                               r"    UpdateSalesforce  email=ada@example.org  attempt=2  for ")
        self.assertRegex(text, r"\n└ UpdateSalesforce \(unfinished\) email=ada@e")
        self.assertRegex(text, r"\n  ├ FinishUser user_id=1 ")
        self.assertIn("! card declined", text)

    def test_a_file_that_is_cut_short_meanwhile_does_not_kill_the_reader(self):
        self.killed()
        ring, = glob.glob(os.path.join(self.env["AUTOSPAN_RING_DIR"], "*.ring"))
        with open(ring, "rb") as file:
            whole = file.read()
        size, whole = len(whole), whole.rstrip(b"\0")
        done = threading.Event()
        rng = random.Random(3)

        def saw():
            with open(ring, "r+b", buffering=0) as file:
                while not done.is_set():
                    os.ftruncate(file.fileno(), 16384)
                    os.pwrite(file.fileno(), whole, 0)
                    os.ftruncate(file.fileno(), size)
                    time.sleep(rng.random() * 0.006)

        sawing = threading.Thread(target=saw)
        sawing.start()
        try:
            told = [self.autospan("dump", "--json", ring) for _ in range(150)]
        finally:
            done.set()
            sawing.join()
        self.assertLessEqual({each.returncode for each in told}, {0, 1, 3}, told)
        for each in told:
            if each.returncode == 0:
                json.loads(each.stdout)

    def test_a_living_process_is_dumped_by_its_pid_and_lives_on(self):
        job = self.start()

        answer = self.dump(str(job.pid))

        self.assertEqual(answer["process"]["state"], "alive")
        self.assertEqual(len(answer["open"]), 2)
        self.assertIsNone(job.poll())
        done = self.autospan("dump")
        self.assertEqual(done.returncode, 1)
        self.assertIn(f"{job.pid} (cli_traced_job)".encode(), done.stderr)

    def test_a_process_that_failed_keeps_its_ring_and_its_status(self):
        self.job("status", "3")

        answer = self.dump("--format", "json")

        self.assertEqual((answer["process"]["state"], answer["process"]["exit_status"]), ("exited", 3))

    def test_a_process_that_ended_well_leaves_nothing(self):
        self.job("done")

        done = self.autospan("dump")
        self.assertEqual((done.returncode, done.stdout), (1, b""))
        self.assertIn(self.rings.encode(), done.stderr)

    def test_the_newest_of_several_is_dumped_and_all_are_listed(self):
        self.job("status", "3")
        self.job("status", "4")

        answer = self.dump()

        self.assertEqual(len(answer["kept"]), 2)
        self.assertEqual(answer["process"]["exit_status"], 4)
        self.assertIn("2 kept rings", self.autospan("dump").stdout.decode())

    def test_what_is_no_ring_is_refused(self):
        self.job("status", "3")
        (ring,) = glob.glob(self.rings + "/*.ring")
        short = os.path.join(self.directory.name, "short.ring")
        with open(ring, "rb") as source, open(short, "wb") as target:
            target.write(source.read(1000))

        for path in ("/etc/passwd", "/no/such/file", short, self.directory.name):
            done = self.autospan("dump", path)
            self.assertEqual(done.returncode, 3, path)
            self.assertIn(path.encode(), done.stderr)
        self.assertEqual(self.autospan("dump", "999999999").returncode, 1)
        self.assertEqual(self.autospan("dump", "--format", "xml").returncode, 2)

    def test_a_torn_ring_is_dumped_as_far_as_it_holds(self):
        self.killed()
        (ring,) = glob.glob(self.rings + "/*.ring")
        with open(ring, "rb") as file:
            whole = file.read(1 << 20)
        for at in range(0, len(whole), 4093):
            torn = bytearray(whole)
            torn[at:at + 64] = b"\xff" * len(torn[at:at + 64])
            with open(os.path.join(self.directory.name, "torn.ring"), "wb") as file:
                file.write(torn)
            done = self.autospan("dump", "--json", file.name)
            self.assertIn(done.returncode, (0, 3), f"at byte {at}: {done.stderr}")


if __name__ == "__main__":
    unittest.main()
