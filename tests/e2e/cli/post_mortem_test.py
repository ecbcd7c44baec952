#!/usr/bin/env python3
"""Processes that die of a signal: what their rings and cores tell, and that nothing of their death has
changed by our telling it."""

import glob
import json
import os
import random
import re
import resource
import shutil
import unittest

from machine import AUTOSPAN, Case, died_by, signal, subprocess

CRASH = os.environ.get("AUTOSPAN_TEST_CRASH", "build/tests/cli_crashing_job")
LATE = os.environ.get("AUTOSPAN_TEST_LATE", "build/tests/libcli_late_library.so")
SANITIZED_JOB = os.environ.get("AUTOSPAN_TEST_SANITIZED_JOB")
SANITIZED = bool(os.environ.get("AUTOSPAN_TEST_SANITIZE"))
WATCHES = unittest.skipIf(SANITIZED, "no signal is watched under sanitizers")


def core_trouble():
    with open("/proc/sys/kernel/core_pattern") as file:
        pattern = file.read().strip()
    if pattern.startswith("|") or "/" in pattern:
        return f"the kernel writes cores to {pattern}"
    if resource.getrlimit(resource.RLIMIT_CORE)[1] == 0:
        return "cores are forbidden here"
    return None


KERNEL_CORES = unittest.skipIf(core_trouble(), core_trouble() or "")
GCORE = unittest.skipUnless(shutil.which("gcore"), "gcore is not installed")


class Dead(Case):
    def setUp(self):
        super().setUp()
        self.env["AUTOSPAN_TEST_LATE"] = os.path.abspath(LATE)

    def die(self, how, **env):
        """Its end as subprocess tells it. Always beside a process that nobody traces, whose end is the same."""
        done = subprocess.run([CRASH, how], env={**self.env, **env}, capture_output=True, timeout=60)
        plain = subprocess.run([CRASH, how], env={**self.env, "AUTOSPAN": "off"}, capture_output=True, timeout=60)
        self.assertLess(done.returncode, 90, done.stderr)
        if how not in ("altstack-later", "onstack"):
            self.assertEqual((done.returncode, done.stdout), (plain.returncode, plain.stdout))
        return done.returncode

    def dump(self, *arguments, code=0):
        done = self.autospan("dump", "--json", *arguments)
        self.assertEqual(done.returncode, code, done.stderr)
        answer = json.loads(done.stdout)
        for span in answer["spans"] + answer["open"]:
            self.check_span(span)
        return answer

    def fault_of(self, how, **env):
        self.die(how, **env)
        answer = self.dump()
        self.assertEqual([s["name"] for s in answer["open"]][:2], ["start", "crash"])
        self.assertEqual([s["name"] for s in answer["spans"]], ["finished"])
        self.assertEqual((answer["lost"], answer["damaged"]), (0, 0))
        return answer["process"]["fault"]


@WATCHES
class Deaths(Dead):
    def test_each_fatal_signal_is_told_of_with_its_place(self):
        job = os.path.basename(CRASH)
        for how, name, module, function, cause in (
            ("segv", "SIGSEGV", job, r"fall_over\(int volatile\*\)", "address not mapped: 0x10"),
            ("gp", "SIGSEGV", job, "fall_over", "not a canonical address"),
            ("bus", "SIGBUS", job, "fall_over", "no storage behind the address"),
            ("fpe", "SIGFPE", job, r"billing::Invoice::divide\(int\)", "integer division by zero"),
            ("ill", "SIGILL", job, r"deaths.*operator\(\)", "illegal instruction"),
            ("trap", "SIGTRAP", job, r"trap\(\)", "trap instruction"),
            ("abort", "SIGABRT", "libc", None, "raised by the process itself"),
            ("sys", "SIGSYS", "libc", None, "system call refused by seccomp"),
            ("raise", "SIGSEGV", "libc", None, "raised by the process itself"),
            ("overflow", "SIGSEGV", job, r"dig\(int\)", "address not mapped"),
            ("thread-overflow", "SIGSEGV", job, r"dig\(int\)", "access not permitted"),
            ("altstack", "SIGSEGV", job, r"dig\(int\)", "address not mapped"),
            ("altstack-later", "SIGSEGV", job, r"dig\(int\)", "address not mapped"),
        ):
            with self.subTest(how):
                fault = self.fault_of(how)
                self.assertEqual(fault["name"], name)
                self.assertEqual(self.dump()["process"]["end"], f"killed by {name}")
                self.assertIn(module, os.path.basename(fault["module"]))
                self.assertRegex(fault["build_id"], "^[0-9a-f]{16,}$")
                self.assertEqual(int(fault["base"], 16) + int(fault["offset"], 16), int(fault["pc"], 16))
                self.assertTrue(fault["cause"].startswith(cause), fault["cause"])
                if function:
                    self.assertRegex(fault["function"], function)

    def test_it_is_the_thread_that_died(self):
        fault = self.fault_of("thread-overflow")
        inner = self.dump()["open"][-1]
        self.assertEqual((inner["name"], inner["fields"]["thread.id"]), ("in thread", fault["thread"]))

    def test_a_call_through_a_null_pointer_lies_in_no_module(self):
        fault = self.fault_of("call")
        self.assertEqual((fault["pc"], fault["module"], fault["function"]), ("0x0", None, None))
        self.assertIn("a call through a null pointer", self.autospan("dump").stdout.decode())

    def test_for_people_it_is_three_lines(self):
        self.die("fpe")
        text = self.autospan("dump").stdout.decode()
        self.assertRegex(text, r"SIGFPE: integer division by zero, thread \d+\n"
                               r"  at billing::Invoice::divide\(int\) \+ 0x[0-9a-f]+ in \S*cli_crashing_job \+ 0x"
                               r"[0-9a-f]+\n  base 0x[0-9a-f]+, build id [0-9a-f]+\n")

    def test_a_library_opened_later_is_named(self):
        fault = self.fault_of("late")
        self.assertEqual((os.path.realpath(fault["module"]), fault["function"]),
                         (os.path.realpath(LATE), "late_crash"))

    def test_a_binary_that_changed_since_gives_its_offset_only(self):
        copy = os.path.join(self.directory.name, "job")
        shutil.copy(CRASH, copy)
        subprocess.run([copy, "segv"], env=self.env, capture_output=True, timeout=60)
        self.assertIn("fall_over", self.dump()["process"]["fault"]["function"])
        shutil.copy(AUTOSPAN, copy)
        fault = self.dump()["process"]["fault"]
        self.assertEqual((fault["module"], fault["function"]), (copy, None))
        os.remove(copy)
        self.assertIsNone(self.dump()["process"]["fault"]["function"])

    def test_a_child_tells_of_itself_only(self):
        self.assertEqual(self.die("fork"), 3)
        self.assertIsNone(self.dump()["process"]["fault"])
        self.assertEqual(self.die("vfork"), 3)
        self.assertIsNone(self.dump()["process"]["fault"])
        self.assertEqual(self.die("fork-span"), 3)
        faults = [json.loads(self.autospan("dump", "--json", ring).stdout)["process"]["fault"]
                  for ring in glob.glob(self.rings + "/*.ring")]
        self.assertEqual(sum(fault is not None for fault in faults), 1)

    def test_signals_off(self):
        fault = self.fault_of("segv", AUTOSPAN_SIGNALS="off")
        self.assertIsNone(fault)
        self.assertIn("killed without a word", self.dump()["process"]["end"])
        done = subprocess.run([CRASH, "segv"], env={**self.env, "AUTOSPAN_SIGNALS": "never"}, capture_output=True)
        self.assertIn(b"AUTOSPAN_SIGNALS=never", done.stderr)

    def test_the_first_process_of_a_pid_namespace_dies_or_lives_as_before(self):
        namespace = ["unshare", "--pid", "--fork", "--kill-child"]
        if not shutil.which("unshare") or subprocess.run([*namespace, "true"], capture_output=True).returncode != 0:
            self.skipTest("no pid namespace can be made here")
        for how in ("segv", "gp", "fpe", "overflow", "abort", "raise", "trap"):
            with self.subTest(how):
                ends = [subprocess.run([*namespace, CRASH, how], env={**self.env, "AUTOSPAN": mode},
                                       capture_output=True, timeout=60).returncode for mode in ("on", "off")]
                self.assertEqual(ends[0], ends[1])
        self.assertEqual(subprocess.run([*namespace, CRASH, "raise"], env=self.env).returncode, 0)

    @unittest.skipUnless(SANITIZED_JOB, "no host with a sanitizer was built")
    def test_under_sanitizers_nothing_is_watched(self):
        for how in ("abort", "trap", "segv"):
            done = subprocess.run([SANITIZED_JOB, how], env=self.env, capture_output=True, timeout=60)
            plain = subprocess.run([SANITIZED_JOB, how], env={**self.env, "AUTOSPAN": "off"}, capture_output=True,
                                   timeout=60)
            self.assertEqual(done.returncode, plain.returncode)
            self.assertIsNone(self.dump()["process"]["fault"])

    def test_kill_9_leaves_the_open_spans_and_no_signal(self):
        self.assertIsNone(self.fault_of("kill"))


class TheHostsOwnHandlers(Dead):
    def test_one_that_was_there_is_left_alone(self):
        self.assertEqual(self.die("own-before"), 7)
        self.assertIsNone(self.dump()["process"]["fault"])

    def test_one_that_comes_later_wins(self):
        self.assertEqual(self.die("own-after"), 7)
        self.assertIsNone(self.dump()["process"]["fault"])

    def test_a_default_restored_later_and_an_ignored_signal_stay(self):
        self.assertEqual(self.die("default-later"), died_by(signal.SIGSEGV))
        self.assertIsNone(self.dump()["process"]["fault"])
        self.assertEqual(self.die("ignored"), 3)

    @WATCHES
    def test_one_that_goes_on_with_what_it_found_is_called_once(self):
        for how, number in (("chain", signal.SIGSEGV), ("chain-abort", signal.SIGABRT), ("restore", signal.SIGSEGV)):
            with self.subTest(how):
                self.assertEqual(self.die(how), died_by(number))
                self.assertEqual(self.dump()["process"]["fault"]["signal"], number)

    @WATCHES
    def test_one_for_an_alternate_stack_has_room_on_ours(self):
        self.assertEqual(self.die("onstack"), 3)


@WATCHES
class Cores(Dead):
    def setUp(self):
        super().setUp()
        self.cores = os.path.join(self.directory.name, "cores")
        os.mkdir(self.cores)
        self.env["AUTOSPAN_RING_TOTAL_MB"] = "1"

    def core_of(self, how, **env):
        hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
        job = subprocess.Popen([os.path.abspath(CRASH), how, "core"], env={**self.env, **env}, cwd=self.cores,
                               stderr=subprocess.DEVNULL,
                               preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (hard, hard)))
        status = os.waitpid(job.pid, 0)[1]
        job.returncode = 0
        self.assertTrue(os.WCOREDUMP(status), status)
        return glob.glob(self.cores + "/core*")[0]

    def gcore_of(self, **env):
        job = subprocess.Popen([CRASH, "wait"], env={**self.env, **env}, stdout=subprocess.PIPE)
        self.addCleanup(job.stdout.close)
        self.addCleanup(job.wait)
        self.addCleanup(job.kill)
        self.assertEqual(job.stdout.readline(), b"ready\n")
        done = subprocess.run(["gcore", "-o", self.cores + "/gcore", str(job.pid)], capture_output=True, timeout=60)
        core = f"{self.cores}/gcore.{job.pid}"
        if not os.path.exists(core):
            self.skipTest(f"gcore may not look into processes here: {done.stderr.decode()[-200:]}")
        return job, core

    def tells_all(self, answer, fault=True):
        self.assertEqual([s["name"] for s in answer["open"]], ["start", "crash"])
        self.assertEqual(answer["open"][1]["fields"]["email"], "ada@example.org")
        self.assertEqual([s["name"] for s in answer["spans"]], ["finished"])
        if fault:
            self.assertIn("fall_over", answer["process"]["fault"]["function"])

    @KERNEL_CORES
    def test_a_core_leads_to_the_ring_that_was_kept(self):
        answer = self.dump(self.core_of("segv"))
        self.tells_all(answer)
        self.assertTrue(answer["process"]["ring"].endswith(".ring"))
        self.assertEqual(answer["damaged"], 0)

    @KERNEL_CORES
    def test_a_ring_in_private_memory_is_read_from_the_core(self):
        core = self.core_of("segv", AUTOSPAN_RING="memory")
        answer = self.dump(core)
        self.tells_all(answer)
        self.assertEqual((answer["process"]["ring"], answer["damaged"]), (core, 0))

    @KERNEL_CORES
    def test_the_core_shows_the_fault_as_if_we_were_not_there(self):
        if not shutil.which("gdb"):
            self.skipTest("gdb is not installed")
        for how, first, code in (("segv", "fall_over", 1), ("raise", "(raise|pthread_kill)", -6)):
            core = self.core_of(how)
            text = subprocess.run(["gdb", "-nx", "-batch", "-ex", "bt 1", "-ex", "p $_siginfo.si_code", CRASH, core],
                                  capture_output=True, timeout=60).stdout.decode()
            self.assertRegex(text, r"#0 .*" + first)
            self.assertIn(f"= {code}\n", text)
            os.remove(core)

    @KERNEL_CORES
    def test_the_core_knows_of_the_signal_that_nobody_watched(self):
        answer = self.dump(self.core_of("segv", AUTOSPAN_SIGNALS="off"))
        self.tells_all(answer)
        self.assertEqual(answer["process"]["end"], "killed by SIGSEGV")
        self.assertEqual(answer["process"]["fault"]["cause"], "address not mapped: 0x10")

    @KERNEL_CORES
    def test_a_core_whose_ring_is_gone_says_so(self):
        core = self.core_of("segv")
        (ring,) = glob.glob(self.rings + "/*.ring")
        os.remove(ring)
        done = self.autospan("dump", core)
        self.assertEqual((done.returncode, done.stdout), (1, b""))
        self.assertIn(ring.encode(), done.stderr)

    @KERNEL_CORES
    def test_a_core_of_a_process_without_us_is_no_find(self):
        core = self.core_of("segv", AUTOSPAN="off")
        done = self.autospan("dump", core)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"not traced", done.stderr)
        self.assertEqual(self.autospan("dump", os.path.abspath(CRASH)).returncode, 3)

    @KERNEL_CORES
    def test_cut_short_or_torn_it_tells_what_it_holds(self):
        core = self.core_of("segv", AUTOSPAN_RING="memory")
        with open(core, "rb") as file:
            whole = file.read()
        ring = whole.index(b"AUTOSPAN\1\0\0\0")
        torn = os.path.join(self.directory.name, "torn")
        subprocess.run(["cp", "--sparse=always", core, torn], check=True)
        rng = random.Random(7)
        with open(torn, "r+b", buffering=0) as file:
            for _ in range(40):
                places = [min(rng.choice((rng.randrange(8000), ring + rng.randrange(400000),
                                          rng.randrange(len(whole)))), len(whole) - 1) for _ in range(200)]
                for at in places:
                    os.pwrite(file.fileno(), bytes([rng.randrange(256)]), at)
                done = self.autospan("dump", "--json", torn)
                self.assertIn(done.returncode, (0, 1, 3), done.stderr)
                for at in places:
                    os.pwrite(file.fileno(), whole[at:at + 1], at)
        told = 0
        for cut in sorted((100, 4096, 40000, ring + 5000, ring + 300000, ring + 320000, len(whole) // 2,
                           len(whole) - 4096), reverse=True):
            os.truncate(torn, cut)
            done = self.autospan("dump", "--json", torn)
            self.assertIn(done.returncode, (0, 1, 3), f"cut at {cut}: {done.stderr}")
            if done.returncode == 0:
                answer = json.loads(done.stdout)
                self.assertGreater(answer["damaged"], 0)
                self.assertIn("cut short", " ".join(answer["process"]["damage"]))
                told += bool(answer["open"])
        self.assertGreater(told, 0)

    @GCORE
    def test_gcore_of_a_live_process_leads_to_its_ring(self):
        job, core = self.gcore_of()
        self.tells_all(self.dump(core), fault=False)
        job.kill()
        job.wait()
        answer = self.dump(core)
        self.tells_all(answer, fault=False)
        self.assertIsNone(answer["process"]["fault"])

    @GCORE
    def test_gcore_of_private_memory_is_as_of_then(self):
        job, core = self.gcore_of(AUTOSPAN_RING="memory")
        answer = self.dump(core)
        self.tells_all(answer, fault=False)
        self.assertEqual(answer["process"]["ring"], core)


class TheLiving(Dead):
    def start(self, **env):
        job = subprocess.Popen([CRASH, "wait"], env={**self.env, **env}, stdout=subprocess.PIPE)
        self.addCleanup(job.stdout.close)
        self.addCleanup(job.wait)
        self.addCleanup(job.kill)
        self.assertEqual(job.stdout.readline(), b"ready\n")
        return job

    def test_its_ring_is_found_where_we_would_not_look(self):
        other = os.path.join(self.directory.name, "other")
        os.mkdir(other, mode=0o700)
        job = self.start(AUTOSPAN_RING_DIR=other)
        self.assertEqual(len(self.dump(str(job.pid))["open"]), 2)

    def test_its_ring_is_found_when_it_is_removed(self):
        job = self.start()
        (ring,) = glob.glob(self.rings + "/*.ring")
        os.remove(ring)
        try:
            os.stat(f"/proc/{job.pid}/map_files/" + os.listdir(f"/proc/{job.pid}/map_files")[0])
        except PermissionError:
            self.skipTest("/proc/PID/map_files needs CAP_CHECKPOINT_RESTORE")
        self.assertEqual(len(self.dump(str(job.pid))["open"]), 2)


class Formats(Dead):
    def format(self, name):
        done = self.autospan("dump", "--format", name)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.decode()

    def setUp(self):
        super().setUp()
        self.die("fpe")

    def test_honeycombs_lines_are_in_order_and_tell_the_end(self):
        events = [json.loads(line) for line in self.format("honeycomb").splitlines()]
        self.assertEqual([e["data"]["name"] for e in events], ["start", "finished", "crash", "autospan.dump"])
        self.assertEqual([e["time"] for e in events], sorted(e["time"] for e in events))
        self.assertEqual([e["data"].get("meta.autospan.unfinished") for e in events], [True, None, True, None])
        self.assertEqual(events[-1]["data"]["autospan.damaged"], 0)
        if not SANITIZED:
            self.assertIn("Invoice::divide", events[-1]["data"]["autospan.fault.function"])

    def test_otlp_is_one_request(self):
        (resource_spans,) = json.loads(self.format("otlp"))["resourceSpans"]
        said = {a["key"]: a["value"] for a in resource_spans["resource"]["attributes"]}
        self.assertEqual(said["autospan.lost"], {"intValue": "0"})
        spans = resource_spans["scopeSpans"][0]["spans"]
        self.assertEqual([s["name"] for s in spans], ["start", "finished", "crash"])
        for span in spans:
            self.assertRegex(span["traceId"], "^[0-9a-f]{32}$")
            self.assertLessEqual(int(span["startTimeUnixNano"]), int(span["endTimeUnixNano"]))
        self.assertEqual(spans[1]["parentSpanId"], spans[0]["spanId"])

    def test_chrome_shows_open_spans_as_begun(self):
        events = json.loads(self.format("chrome"))["traceEvents"]
        self.assertEqual([(e["ph"], e["name"]) for e in events],
                         [("M", "process_name"), ("B", "start"), ("X", "finished"), ("B", "crash")])

    def test_damage_is_a_value_in_the_stream(self):
        (ring,) = glob.glob(self.rings + "/*.ring")
        with open(ring, "r+b") as file:
            at = re.search(b"finished", file.read(1 << 20)).start()
            file.seek(at - at % 8 - 64)
            file.write(b"\xff" * 64)
        text = self.format("honeycomb")
        said = json.loads(text.splitlines()[-1])["data"]
        self.assertGreater(said["autospan.damaged"], 0)
        self.assertIn("do not hold together", said["autospan.damage"])
        attributes = json.loads(self.format("otlp"))["resourceSpans"][0]["resource"]["attributes"]
        self.assertIn("autospan.damage", [a["key"] for a in attributes])
        self.assertIn("autospan.damage", json.loads(self.format("chrome"))["otherData"])


if __name__ == "__main__":
    unittest.main()
