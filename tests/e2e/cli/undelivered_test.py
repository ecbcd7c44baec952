#!/usr/bin/env python3
"""What could not be delivered stays where it was recorded, whoever drains: `run` or the job itself."""

import collections
import glob
import http.server
import json
import os
import socket
import threading
import unittest

from machine import AUTOSPAN, JOB, Case, subprocess

# A file system that is full, in a mount namespace of its own.
ON_A_FULL_DISK = ["unshare", "-rm", "sh", "-c",
                  'mount -t tmpfs -o size=64k none "$AUTOSPAN_STORE" && mkdir "$AUTOSPAN_STORE/inbox" &&'
                  ' { dd if=/dev/zero of="$AUTOSPAN_STORE/full" bs=4k 2>/dev/null; exec "$@"; }', "sh"]
HAS_NAMESPACES = subprocess.run(["unshare", "-rm", "mount", "-t", "tmpfs", "none", "/mnt"],
                                capture_output=True).returncode == 0
WHO = {"outside": [AUTOSPAN, "run", "--", JOB], "inside": [JOB]}


class Endpoint(http.server.BaseHTTPRequestHandler):
    """Takes everything, where it is not told to refuse the key."""
    protocol_version = "HTTP/1.1"
    refuses = False

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "zstd":
            body = subprocess.run(["zstd", "-dcq"], input=body, capture_output=True, check=True).stdout
        events = [] if self.refuses else json.loads(body)
        self.server.names.update(event["data"]["name"] for event in events)
        answer = json.dumps([{"status": 202}] * len(events)).encode()
        self.send_response(401 if self.refuses else 200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


class Refusing(Endpoint):
    refuses = True


def serve(case, handler):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.names = collections.Counter()
    case.addCleanup(server.server_close)
    case.addCleanup(server.shutdown)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def honeycomb_at(case, port):
    case.env.update(AUTOSPAN_EXPORT="honeycomb", HONEYCOMB_API_KEY="some-key", no_proxy="*",
                    HONEYCOMB_API_ENDPOINT=f"http://127.0.0.1:{port}")


class Undelivered(Case):
    def setUp(self):
        super().setUp()
        self.env["AUTOSPAN_EXIT_DEADLINE"] = "300ms"

    def is_kept(self, before=()):
        for who, command in WHO.items():
            with self.subTest(who):
                done = subprocess.run([*before, *command], env=self.env, capture_output=True, timeout=30)
                self.assertEqual(done.returncode, 0, done.stderr)
                rings = glob.glob(self.rings + "/*.ring")
                self.assertEqual(len(rings), 1, done.stderr)
                dump = json.loads(self.autospan("dump", "--json", rings[0]).stdout)
                self.assertEqual(len(dump["spans"]), 5)
                os.unlink(rings[0])

    def test_the_key_is_refused(self):
        honeycomb_at(self, serve(self, Refusing).server_port)

        self.is_kept()

    def test_the_endpoint_refuses_the_connection(self):
        with socket.socket() as unheard:  # bound, never listening
            unheard.bind(("127.0.0.1", 0))
            honeycomb_at(self, unheard.getsockname()[1])

            self.is_kept()

    def test_the_file_takes_nothing(self):
        self.env["AUTOSPAN_EXPORT"] = "file:/dev/full"

        self.is_kept()

    @unittest.skipUnless(HAS_NAMESPACES, "needs unprivileged mount namespaces")
    def test_the_stores_disk_is_full(self):
        self.env["AUTOSPAN_EXPORT"] = "local"
        os.mkdir(self.store)

        self.is_kept(ON_A_FULL_DISK)

    def test_delivered_to_one_of_two_is_not_delivered(self):
        self.env["AUTOSPAN_EXPORT"] = f"file:{self.directory.name}/spans,file:/dev/full"

        self.is_kept()

    def test_what_is_delivered_is_removed(self):
        self.env["AUTOSPAN_EXPORT"] = "local"
        for command in WHO.values():
            self.assertEqual(subprocess.run(command, env=self.env, timeout=30).returncode, 0)

            self.assertEqual(glob.glob(self.rings + "/*.ring"), [])


class ABurst(Case):
    def test_more_than_the_queue_holds_arrives_with_its_root(self):
        server = serve(self, Endpoint)
        honeycomb_at(self, server.server_port)
        self.env.update(AUTOSPAN_EXIT_DEADLINE="20s", AUTOSPAN_RING_KB="8192")
        for who, roots in (("outside", {"cli_traced_job": 1}), ("inside", {})):
            with self.subTest(who):
                server.names.clear()

                self.ends(subprocess.run([*WHO[who], "many", "15000"], env=self.env, capture_output=True,
                                         timeout=30), 0)

                self.assertEqual(server.names, {"FinishUser": 15000, **roots})
                self.assertEqual(glob.glob(self.rings + "/*.ring"), [])


class ItIsSaid(Case):
    def test_once_on_stderr_and_on_the_jobs_span(self):
        spans = os.path.join(self.directory.name, "spans")
        self.env["AUTOSPAN_EXPORT"] = f"file:{spans},file:/dev/full"

        done = self.run_job(JOB)

        self.assertEqual(done.stderr.count(b"not delivered"), 1, done.stderr)
        self.assertIn(b"autospan: 6 of 12 events were not delivered: 6 could not be written\n", done.stderr)
        with open(spans) as lines:
            (job,) = [data for data in (json.loads(line)["data"] for line in lines)
                      if data["name"] == "cli_traced_job"]
        self.assertEqual(job["meta.autospan.dropped_write_failed"], 5)


if __name__ == "__main__":
    unittest.main()
