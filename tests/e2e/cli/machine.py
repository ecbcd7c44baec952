"""A store, rings and a home of their own, and the command as a test drives it."""

import json
import os
import signal
import subprocess
import tempfile
import unittest

AUTOSPAN = os.environ.get("AUTOSPAN_TEST_COMMAND", "build/bin/autospan")
JOB = os.environ.get("AUTOSPAN_TEST_JOB", "build/tests/cli_traced_job")
INCLUDE = os.environ.get("AUTOSPAN_TEST_INCLUDE", "runtime/include")
DEADLINE_S = 30
OURS = ("AUTOSPAN", "HONEYCOMB", "OTEL", "TRACE", "STATE_DIRECTORY", "XDG_STATE", "NO_COLOR", "COLUMNS")


class Case(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.TemporaryDirectory(prefix="autospan-cli-")
        self.addCleanup(self.directory.cleanup)
        self.rings = os.path.join(self.directory.name, "rings")
        os.mkdir(self.rings, mode=0o700)
        self.store = os.path.join(self.directory.name, "store")
        self.env = {k: v for k, v in os.environ.items() if not k.startswith(OURS)}
        self.env.update(HOME=self.directory.name, AUTOSPAN_STORE=self.store, AUTOSPAN_RING_DIR=self.rings)

    def autospan(self, *arguments, **options):
        options = {"env": self.env, "capture_output": True, "timeout": DEADLINE_S,
                   "stdin": subprocess.DEVNULL, **options}
        return subprocess.run([AUTOSPAN, *arguments], **options)

    def run_job(self, *command, **options):
        return self.autospan("run", "--", *command, **options)

    def ends(self, done, code, out=b"", err=b""):
        self.assertEqual((done.returncode, done.stdout, done.stderr), (code, out, err))

    def trace(self, *arguments):
        """The last trace's spans, or those of the trace that is named."""
        done = self.autospan("view", "--json", *arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        answer = json.loads(done.stdout)
        self.assertEqual(answer["schema"], 1)
        return answer["spans"]

    def one(self, spans, name):
        found = [span for span in spans if span["name"] == name]
        self.assertEqual(len(found), 1, f"{name} among {[span['name'] for span in spans]}")
        return found[0]

    def check_span(self, span):
        """The one shape of design §7."""
        keys = {"name", "trace_id", "span_id", "parent_id", "kind", "start", "duration_ms", "status",
                "fields", "events", "links", "process"}
        self.assertEqual(set(span) - {"age_ms"}, keys)
        self.assertRegex(span["trace_id"], "^[0-9a-f]{32}$")
        self.assertRegex(span["span_id"], "^[0-9a-f]{16}$")
        self.assertRegex(span["start"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$")
        self.assertIn(span["status"], ("ok", "error", "unfinished"))
        self.assertEqual(span["duration_ms"] is None, span["status"] == "unfinished")
        self.assertEqual(set(span["process"]), {"pid", "service"})


def died_by(number):
    """What subprocess says of a process that a signal ended."""
    return -int(number)


def sh(text):
    return ["/bin/sh", "-c", text]


__all__ = ["AUTOSPAN", "INCLUDE", "JOB", "Case", "DEADLINE_S", "died_by", "sh", "signal", "subprocess"]
