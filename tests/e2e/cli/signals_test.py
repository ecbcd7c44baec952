#!/usr/bin/env python3
"""autospan run between a sender of signals and its job: each reaches the job once, and no wrapper
survives or dies other than the job does."""

import os
import pty
import time
import unittest

from machine import AUTOSPAN, DEADLINE_S, Case, died_by, signal, subprocess

# Counts what it gets of one signal for a while after the first, then exits with that count.
COUNTER = """
import signal, sys, time
number, count = int(sys.argv[1]), 0
def seen(*_):
    global count
    count += 1
signal.signal(number, seen)
print("ready", flush=True)
end = time.monotonic() + 20
while not count and time.monotonic() < end:
    time.sleep(0.01)
time.sleep(0.2)
sys.exit(100 + count)
"""
FORWARDED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2)


class Forwarding(Case):
    def start(self, *command, **options):
        job = subprocess.Popen([AUTOSPAN, "run", "--", *command], env=self.env, stdout=subprocess.PIPE,
                               start_new_session=True, **options)
        self.addCleanup(job.stdout.close)
        self.assertEqual(job.stdout.readline(), b"ready\n")
        return job

    def test_a_signal_to_the_wrapper_reaches_the_job_once(self):
        jobs = [(number, self.start("python3", "-c", COUNTER, str(int(number)))) for number in FORWARDED]
        for number, job in jobs:
            job.send_signal(number)
        for number, job in jobs:
            with self.subTest(number):
                self.assertEqual(job.wait(DEADLINE_S), 101)

    def test_a_job_that_does_not_catch_it_dies_by_it_and_so_do_we(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            job = self.start("sh", "-c", "echo ready; exec sleep 20")
            job.send_signal(number)
            self.assertEqual(job.wait(DEADLINE_S), died_by(number))

    def test_a_job_that_ignores_hang_ups_lives_on(self):
        job = self.start("sh", "-c", "trap '' HUP; echo ready; sleep 1; exit 8")
        job.send_signal(signal.SIGHUP)
        self.assertEqual(job.wait(DEADLINE_S), 8)

    def test_what_the_job_sends_us_does_not_come_back(self):
        done = self.run_job("sh", "-c", "trap 'exit 50' USR1; kill -USR1 $PPID; sleep 0.3; exit 51")

        self.assertEqual(done.returncode, 51)

    def test_the_terminals_interrupt_comes_once(self):
        leader, follower = pty.openpty()
        self.addCleanup(os.close, leader)

        def own_terminal():
            os.setsid()
            import fcntl
            import termios
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)

        job = subprocess.Popen([AUTOSPAN, "run", "--", "python3", "-c", COUNTER, str(int(signal.SIGINT))],
                               env=self.env, stdin=follower, stdout=subprocess.PIPE, preexec_fn=own_terminal)
        os.close(follower)
        self.addCleanup(job.stdout.close)
        self.assertEqual(job.stdout.readline(), b"ready\n")
        os.write(leader, b"\x03")
        self.assertEqual(job.wait(DEADLINE_S), 101)

    def test_a_killed_wrapper_leaves_the_job_running(self):
        mark = os.path.join(self.directory.name, "mark")
        job = self.start("sh", "-c", f"echo ready; sleep 0.5; echo done > '{mark}'")
        job.kill()
        job.wait(DEADLINE_S)
        deadline = time.monotonic() + DEADLINE_S
        while not os.path.exists(mark) and time.monotonic() < deadline:
            time.sleep(0.05)
        self.assertTrue(os.path.exists(mark))


if __name__ == "__main__":
    unittest.main()
