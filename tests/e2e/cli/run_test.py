#!/usr/bin/env python3
"""autospan run: the job must not notice it, and its end becomes a span."""

import glob
import os
import time
import unittest

from machine import AUTOSPAN, JOB, Case, died_by, sh, signal, subprocess

TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


class ExitCodes(Case):
    def test_the_jobs_own_code_is_kept_and_nothing_is_said(self):
        for code in (0, 1, 3, 125, 255):
            self.ends(self.run_job(*sh(f"exit {code}")), code)

    def test_death_by_a_signal_is_reproduced(self):
        for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGSEGV, signal.SIGUSR1,
                       signal.SIGPIPE):
            self.ends(self.run_job(*sh(f"kill -{int(number)} $$")), died_by(number))

    def test_a_shell_sees_128_and_the_signal(self):
        done = subprocess.run(sh(f"'{AUTOSPAN}' run -- sh -c 'kill -9 $$'; echo $?"), env=self.env,
                              capture_output=True, timeout=30)

        self.assertEqual(done.stdout, b"137\n")

    def test_usage_not_executable_not_found(self):
        self.assertEqual(self.autospan("run").returncode, 125)
        self.assertEqual(self.autospan("run", "--no-such-option", "--", "true").returncode, 125)
        self.assertEqual(self.run_job("/etc/passwd").returncode, 126)
        done = self.run_job("/no/such/program")
        self.assertEqual(done.returncode, 127)
        self.assertIn(b"'/no/such/program': No such file or directory", done.stderr)

    def test_a_job_that_never_started_is_a_failed_trace(self):
        self.run_job("/no/such/program")

        (span,) = self.trace()

        self.assertEqual(span["status"], "error")
        self.assertEqual(span["fields"]["process.exit.code"], 127)

    def test_a_script_without_an_interpreter_line_runs_as_by_a_shell(self):
        script = os.path.join(self.directory.name, "script")
        with open(script, "w") as file:
            file.write("exit 7\n")
        os.chmod(script, 0o755)

        self.ends(self.run_job(script), 7)


class TheJobsWorld(Case):
    def with_and_without(self, *command, **options):
        options = {"env": self.env, "capture_output": True, "timeout": 30, **options}
        return (subprocess.run([AUTOSPAN, "run", "--", *command], **options).stdout,
                subprocess.run(command, **options).stdout)

    def test_arguments_pass_byte_by_byte(self):
        words = ["[a,b]", "", "--", "-x", "--json", "a b", "*", "view", "\udcff"]

        done = self.run_job("printf", "%s\\n", *words)

        self.assertEqual(done.stdout, b"".join(os.fsencode(word) + b"\n" for word in words))

    def test_without_the_dashes_the_first_plain_word_begins_the_command(self):
        self.assertEqual(self.autospan("run", "--name", "x", "echo", "--name").stdout, b"--name\n")

    def test_signal_mask_and_dispositions_are_as_inherited(self):
        wishes = {"as they are": None,
                  "ignored": lambda: [signal.signal(s, signal.SIG_IGN)
                                      for s in (signal.SIGINT, signal.SIGHUP, signal.SIGCHLD)],
                  "blocked": lambda: signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM,
                                                                              signal.SIGUSR1})}
        for name, wish in wishes.items():
            with self.subTest(name):
                ours, plain = self.with_and_without("grep", "Sig[BIC]", "/proc/self/status", preexec_fn=wish)
                self.assertEqual(ours, plain)

    def test_a_parent_that_ignores_its_children_still_learns_their_code(self):
        done = self.run_job(*sh("exit 9"), preexec_fn=lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN))

        self.assertEqual(done.returncode, 9)

    def test_process_group_and_session_are_the_same(self):
        ours, plain = self.with_and_without(*sh("cut -d' ' -f5,6 /proc/self/stat"), start_new_session=False)

        self.assertEqual(ours, plain)

    def test_descriptors_are_the_same_files(self):
        with open(os.path.join(self.directory.name, "file"), "w+") as file:
            self.autospan("run", "--", "readlink", "/proc/self/fd/0", stdin=file, stdout=file,
                          capture_output=False)
            file.seek(0)
            self.assertEqual(file.read().strip(), file.name)
        ours, plain = self.with_and_without(*sh("ls /proc/self/fd"))
        self.assertEqual(ours, plain)

    def test_closed_descriptors_stay_closed_and_the_store_stays_clean(self):
        shell = f"exec 0<&- 1>&- 2>&-; exec '{AUTOSPAN}' run -- sh -c 'ls /proc/$$/fd > {self.directory.name}/fds'"
        subprocess.run(sh(shell), env=self.env, timeout=30)

        with open(os.path.join(self.directory.name, "fds")) as file:
            # What is left is ls's own: its output.
            self.assertNotIn("2", file.read().split())
        self.assertEqual(len(self.trace()), 1)

    def test_a_child_that_outlives_the_job_does_not_hold_us(self):
        begun = time.monotonic()

        self.ends(self.run_job(*sh("sleep 20 >/dev/null 2>&1 </dev/null & exit 4")), 4)

        self.assertLess(time.monotonic() - begun, 10)

    def test_the_job_runs_where_nothing_of_ours_works(self):
        self.env.update(AUTOSPAN_STORE="/dev/null/store", AUTOSPAN_RING_DIR="/dev/null/rings",
                        AUTOSPAN_EXPORT="local,file:/no/such/dir/x,nonsense")

        # A traced job: the rings are its own trouble.
        done = self.run_job(*sh(f"echo out; '{JOB}' status 5"))

        self.assertEqual((done.returncode, done.stdout), (5, b"out\n"))
        for words in (b"'nonsense'", b"cannot create /dev/null/store/inbox", b"cannot write spans to ",
                      b"events were not delivered: "):
            self.assertEqual(done.stderr.count(words), 1, done.stderr)

    def test_a_bad_value_beside_does_not_turn_the_recording_off(self):
        self.env["AUTOSPAN_EXIT_DEADLINE"] = "5"

        done = self.run_job("true")

        self.assertIn(b"AUTOSPAN_EXIT_DEADLINE: '5'", done.stderr)
        self.assertEqual(len(self.trace()), 1)

    def test_what_is_wrong_is_said_once_not_by_the_job_again(self):
        self.env["AUTOSPAN_EXPORT"] = "nonsense"

        done = self.run_job(JOB)

        self.assertEqual((done.returncode, done.stderr.count(b"'nonsense'")), (0, 1), done.stderr)
        self.assertEqual(glob.glob(self.rings + "/*.ring"), [])

    def test_otlp_alone_is_nothing_configured(self):
        self.env["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://localhost:4318"

        done = self.run_job(JOB)

        self.assertEqual((done.returncode, done.stderr.count(b"otlp: not in this build")), (0, 1), done.stderr)
        self.assertEqual(len(self.trace()), 6)

    def test_a_number_of_rings_to_keep_that_is_none_is_told(self):
        for keep in ("many", "-1", "5x", "99999999999999999999999"):
            self.env["AUTOSPAN_KEEP"] = keep

            done = self.run_job(JOB)

            self.assertEqual(done.stderr.count(b"AUTOSPAN_KEEP: '" + keep.encode() + b"'"), 1, done.stderr)

    def test_off_is_off(self):
        self.env["AUTOSPAN"] = "off"

        self.ends(self.run_job(*sh("echo ${TRACEPARENT-none}; exit 6")), 6, b"none\n")

        self.assertFalse(os.path.exists(self.store))

    def test_none_records_nothing_and_says_nothing(self):
        self.env["AUTOSPAN_EXPORT"] = "none"

        self.ends(self.run_job(*sh("echo ${AUTOSPAN_DRAIN-inside}")), 0, b"inside\n")

        self.assertFalse(os.path.exists(self.store))


class TheTrace(Case):
    def test_the_job_is_told_its_span_and_its_run(self):
        done = self.run_job(*sh("echo $TRACEPARENT $AUTOSPAN_DRAIN $AUTOSPAN_RUN"))

        (span,) = self.trace()
        parent, drain, run = done.stdout.decode().split()
        self.assertEqual(parent, f"00-{span['trace_id']}-{span['span_id']}-01")
        self.assertEqual(drain, "outside")
        self.assertRegex(run, "^[0-9a-f]{16}$")
        self.assertEqual(span["fields"]["job.run_id"], run)

    def test_an_incoming_traceparent_is_continued_and_garbage_is_not(self):
        self.env["TRACEPARENT"] = TRACEPARENT
        self.run_job("true")
        (span,) = self.trace()
        self.assertEqual((span["trace_id"], span["parent_id"]), tuple(TRACEPARENT.split("-")[1:3]))

        self.env["TRACEPARENT"] = TRACEPARENT.upper()
        self.run_job("true", "again")
        (span,) = self.trace()
        self.assertIsNone(span["parent_id"])

    def test_a_root_span_tells_name_code_and_usage(self):
        self.autospan("run", "--name", "nightly", "--", *sh("exit 3"))

        (span,) = self.trace()

        self.check_span(span)
        self.assertEqual((span["name"], span["status"]), ("nightly", "error"))
        fields = span["fields"]
        self.assertEqual(fields["job.name"], "nightly")
        self.assertEqual(fields["process.executable.name"], "sh")
        self.assertEqual(fields["process.exit.code"], 3)
        self.assertGreater(fields["process.rusage.maxrss_kb"], 0)
        for name in ("utime_ms", "stime_ms", "minflt", "majflt", "inblock", "oublock", "nvcsw", "nivcsw"):
            self.assertIn(f"process.rusage.{name}", fields)

    def test_a_killed_job_names_its_signal(self):
        self.run_job(*sh("kill -9 $$"))

        (span,) = self.trace()

        self.assertEqual(span["fields"]["process.signal"], 9)
        self.assertNotIn("process.exit.code", span["fields"])

    def test_nested_runs_are_parent_and_child(self):
        self.autospan("run", "--name", "outer", "--", AUTOSPAN, "run", "--name", "inner", "--", "true")

        spans = self.trace()

        self.assertEqual(self.one(spans, "inner")["parent_id"], self.one(spans, "outer")["span_id"])

    def test_a_traced_jobs_spans_hang_below_the_root(self):
        self.ends(self.run_job(JOB), 0)

        spans = self.trace()
        root = self.one(spans, "cli_traced_job")
        start = self.one(spans, "start")
        update = self.one(spans, "UpdateSalesforce")

        self.assertEqual(len(spans), 6)
        self.assertEqual(start["parent_id"], root["span_id"])
        self.assertEqual(update["parent_id"], start["span_id"])
        self.assertEqual(update["fields"]["email"], "ada@example.org")
        self.assertEqual(root["process"]["pid"], start["process"]["pid"])
        self.assertEqual(self.one(spans, "FailUser")["status"], "error")

    def test_a_killed_jobs_open_spans_are_unfinished_ones(self):
        job = subprocess.Popen([AUTOSPAN, "run", "--", JOB, "wait"], env=self.env, stdout=subprocess.PIPE)
        job.stdout.readline()
        time.sleep(0.1)
        with open(f"/proc/{job.pid}/task/{job.pid}/children") as children:
            os.kill(int(children.read()), signal.SIGKILL)
        self.assertEqual(job.wait(30), died_by(signal.SIGKILL))
        job.stdout.close()

        spans = self.trace()

        self.assertEqual({span["name"] for span in spans if span["status"] == "unfinished"},
                         {"start", "UpdateSalesforce"})
        self.assertEqual(len(spans), 6)
        self.assertEqual(len({span["span_id"] for span in spans}), 6)

    def test_a_good_end_leaves_no_ring_and_no_lock_on_one(self):
        self.run_job(JOB)

        self.assertEqual(glob.glob(self.rings + "/*.ring"), [])


if __name__ == "__main__":
    unittest.main()
