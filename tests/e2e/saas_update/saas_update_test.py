#!/usr/bin/env python3
"""End to end: the example runs under `autospan run`, and the trace that `autospan view` tells is the
story that the job lived. Standard library only; the truth comes from the job's database and the
stub's own counts, never from the trace."""

import argparse
import contextlib
import sqlite3
import subprocess
import sys
import unittest

from job import Machine, Trace

BIN = None
SECRET = "canary-5a7d1e0c93"
USERS = 12
SALESFORCE_SHARE_MIN = 0.70
RESPONSE_MEMBERS = {"id": str, "success": bool, "created": bool, "owner": str, "revision": int,
                    "api_calls_used": int, "api_calls_max": int}


def users_of(machine):
    """{id: (email, plan)} of all, and of those whose card was declined, {id: reason}."""
    with contextlib.closing(sqlite3.connect(machine.database)) as database:
        rows = database.execute("SELECT id, email, plan, past_due FROM users").fetchall()
    return ({row[0]: (row[1], row[2]) for row in rows},
            {row[0]: row[3] for row in rows if row[3] is not None})


def user_of(span):
    fields = span["fields"]
    return fields["user_id"], (fields["email"], fields["plan"])


class TheDemo(unittest.TestCase):
    """One run as `./dev demo` does it."""

    @classmethod
    def setUpClass(cls):
        cls.machine = Machine(BIN, SECRET)
        cls.addClassCleanup(cls.machine.close)
        cls.done = cls.machine.run(cls.machine.program("autospan"), "run", "--",
                                   *cls.machine.job("--with-stub", "--users", str(USERS)))
        cls.trace = Trace(cls.machine.autospan("view", "--last", "--json"))
        cls.users, cls.past_due = users_of(cls.machine)
        cls.start = cls.trace.one("start")

    def test_the_job_exits_with_0_although_a_card_was_declined(self):
        self.assertEqual(self.done.returncode, 0, self.done.stderr)
        self.assertIn("1 of ", self.done.stdout)

    def test_the_run_is_the_root_and_start_its_only_child(self):
        (root,) = self.trace.by_parent[None]

        self.assertEqual([span["name"] for span in self.trace.children(root)], ["start"])
        self.assertEqual(root["status"], "ok")
        self.assertEqual(len(list(self.trace.below(root))), len(self.trace.spans) - 1)

    def test_start_reads_the_users_and_holds_the_three_parts_in_their_order(self):
        names = [span["name"] for span in self.trace.children(self.start)]

        self.assertEqual(names, ["UserDatabase::QueryUsers", "UpdateIntercom", "UpdateSalesforce",
                                 "UpdateStripe"])
        self.assertEqual(self.start["fields"]["users"], USERS)

    def test_the_trace_has_the_layers_that_the_flag_names(self):
        self.assertEqual(self.trace.outline(self.start), [
            "UserDatabase::QueryUsers",
            "UpdateIntercom",
            "  IntercomApi::FetchContacts",
            "    HttpClient::Send",
            "  IntercomApi::PostContact",
            "    HttpClient::Send",
            "UpdateSalesforce",
            "  SalesforceApi::PostContact",
            "    HttpClient::Send",
            "    HttpClient::WaitForRetry",
            "  SalesforceApi::FetchContacts",
            "    HttpClient::Send",
            "UpdateStripe",
            "  StripeApi::PostSubscription",
            "    HttpClient::Send",
            "  UserDatabase::MarkPastDue",
        ])

    def test_salesforce_takes_most_of_the_time(self):
        salesforce = self.trace.one("UpdateSalesforce")
        (root,) = self.trace.by_parent[None]

        for whole in (self.start, root):
            share = salesforce["duration_ms"] / whole["duration_ms"]
            self.assertGreaterEqual(share, SALESFORCE_SHARE_MIN, whole["name"])

    def test_each_user_has_a_call_to_salesforce_with_arguments_and_fields(self):
        posts = self.trace.children(self.trace.one("UpdateSalesforce"),
                                    "SalesforceApi::PostContact")

        self.assertEqual(dict(map(user_of, posts)), self.users)
        self.assertEqual(len(posts), USERS)
        for post in posts:
            self.assertEqual(post["fields"]["salesforce.user_email"], post["fields"]["email"])

    def test_the_whole_response_struct_is_on_the_span(self):
        for post in self.trace.named("SalesforceApi::PostContact"):
            for member, kind in RESPONSE_MEMBERS.items():
                self.assertIs(type(post["fields"][f"salesforce.response.{member}"]), kind, member)
            self.assertTrue(post["fields"]["salesforce.response.success"])

    def test_the_refused_request_is_followed_by_a_wait_and_a_second_attempt(self):
        wait = self.trace.one("HttpClient::WaitForRetry")
        (call,) = [s for s in self.trace.spans if s["span_id"] == wait["parent_id"]]

        refused, waited, accepted = self.trace.children(call)
        self.assertEqual((refused["fields"]["http.status_code"], refused["fields"]["attempt"]),
                         (429, 1))
        self.assertEqual(refused["status"], "error")
        self.assertEqual(waited["fields"]["delay_ms"], 1000)
        self.assertGreaterEqual(waited["duration_ms"], 999)
        self.assertEqual(accepted["fields"]["attempt"], 2)
        self.assertEqual(call["status"], "ok")

    def test_the_declined_card_marks_its_call_and_the_part_and_is_told_on_start(self):
        part = self.trace.one("UpdateStripe")
        calls = self.trace.children(part, "StripeApi::PostSubscription")
        (declined,) = [call for call in calls if call["status"] == "error"]
        (request,) = self.trace.children(declined)

        self.assertEqual(self.past_due, {declined["fields"]["user_id"]: "card_declined"})
        self.assertEqual(declined["fields"]["exception.type"], "CardDeclined")
        self.assertIn("insufficient funds", declined["fields"]["exception.message"])
        self.assertEqual((request["fields"]["http.status_code"], request["status"]), (402, "error"))
        self.assertEqual(part["status"], "error")
        self.assertEqual(part["fields"]["exception.type"], "PartialFailure")
        self.assertIn("1 of ", part["fields"]["exception.message"])

        self.assertEqual(self.start["fields"]["stripe.error"], part["fields"]["exception.message"])
        self.assertNotIn("intercom.error", self.start["fields"])
        self.assertNotIn("salesforce.error", self.start["fields"])
        self.assertEqual(self.start["status"], "ok")

    def test_only_paying_users_are_billed(self):
        billed = dict(map(user_of, self.trace.named("StripeApi::PostSubscription")))

        self.assertEqual(billed, {i: user for i, user in self.users.items() if user[1] != "free"})

    def test_the_secret_is_redacted_and_nowhere_on_disk(self):
        requests = self.trace.named("HttpClient::Send")

        self.assertEqual({span["fields"]["api_token"] for span in requests}, {"[redacted]"})
        self.assertEqual(self.machine.files_with(SECRET), [])
        # The search can find: a field that is no secret is there.
        self.assertNotEqual(self.machine.files_with(self.users[1][0]), [])


class ALargeRun(unittest.TestCase):
    def test_5000_users_leave_a_trace_in_which_nothing_is_missing(self):
        machine = Machine(BIN, SECRET)
        self.addCleanup(machine.close)
        with machine.stub("--users", "5000", "--latency", "0") as stub:
            done = machine.run(machine.program("autospan"), "run", "--",
                               *machine.job("--api", stub.url, "--users", "5000"))
            asked = stub.stats()
        trace = Trace(machine.autospan("view", "--last", "--json"))
        users, past_due = users_of(machine)

        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(len(users), 5000)
        self.assertEqual(len(trace.named("HttpClient::Send")),
                         asked["intercom"] + asked["salesforce"] + asked["stripe"])
        self.assertEqual(dict(map(user_of, trace.named("SalesforceApi::PostContact"))), users)
        self.assertEqual(len(trace.named("SalesforceApi::PostContact")), 5000)
        self.assertEqual(len(trace.named("UserDatabase::QueryUsers")), 11)
        self.assertEqual(len(trace.named("HttpClient::WaitForRetry")), asked["throttled"])
        declined = [span for span in trace.named("StripeApi::PostSubscription")
                    if span["status"] == "error"]
        self.assertEqual(len(declined), asked["declined"])
        self.assertEqual([span["fields"]["user_id"] for span in declined], list(past_due))


class AKilledRun(unittest.TestCase):
    """kill -9 in the middle of UpdateSalesforce: the ring file is all that is left."""

    def test_the_dump_tells_where_the_job_was_and_what_it_had_done(self):
        machine = Machine(BIN, SECRET)
        self.addCleanup(machine.close)
        machine.environment["AUTOSPAN_EXPORT"] = "none"
        with machine.stub("--latency", "40") as stub:
            job = subprocess.Popen(machine.job("--api", stub.url), env=machine.environment,
                                   stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
            stub.wait_for("salesforce", requests=3)
            job.kill()
            job.wait()
            asked = stub.stats()
        dump = machine.autospan("dump", "--json")
        users, _ = users_of(machine)

        names = [span["name"] for span in dump["open"]]
        self.assertEqual(names, ["start", "UpdateSalesforce", "SalesforceApi::PostContact",
                                 "HttpClient::Send"])
        current = dump["open"][2]["fields"]
        self.assertEqual((current["email"], current["plan"]), users[current["user_id"]])
        self.assertEqual(dump["open"][3]["fields"]["path"], "/salesforce/contacts")
        finished = [span for span in dump["spans"] if span["name"] == "HttpClient::Send"]
        self.assertEqual(len(finished), asked["intercom"] + asked["salesforce"] - 1)
        self.assertEqual((dump["lost"], dump["damaged"]), (0, 0))
        self.assertEqual(machine.files_with(SECRET), [])


class WithoutTracing(unittest.TestCase):
    """The job by itself: what tracing must not change."""

    def setUp(self):
        self.machine = Machine(BIN, SECRET)
        self.addCleanup(self.machine.close)
        self.machine.environment.update(AUTOSPAN="off", AUTOSPAN_EXPORT="none")

    def test_the_database_is_kept_and_a_second_run_finds_intercom_up_to_date(self):
        with self.machine.stub("--latency", "0") as stub:
            first = self.machine.run(*self.machine.job("--api", stub.url))
            second = self.machine.run(*self.machine.job("--api", stub.url))

        self.assertEqual((first.returncode, second.returncode), (0, 0))
        self.assertNotIn("intercom    0 users", first.stdout)
        self.assertIn("intercom    0 users", second.stdout)

    def test_an_api_that_is_not_there_fails_each_part_and_the_job(self):
        done = self.machine.run(*self.machine.job("--api", "http://127.0.0.1:1"))

        self.assertEqual(done.returncode, 1)
        for part in ("intercom", "salesforce", "stripe"):
            self.assertRegex(done.stdout, f"(?m)^{part} .*Failed to connect")

    def test_a_wrong_token_fails_each_part_and_is_not_printed(self):
        with self.machine.stub("--latency", "0") as stub:
            self.machine.environment["SAAS_API_TOKEN"] = "another-" + SECRET
            done = self.machine.run(*self.machine.job("--api", stub.url))

        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stdout.count("Unknown API token"), 3)
        self.assertNotIn(SECRET, done.stdout + done.stderr)

    def test_wrong_usage_says_so_and_returns_2(self):
        for options in ([], ["--with-stub", "--api", "x"], ["--with-stub", "--users", "0"]):
            done = self.machine.run(self.machine.program("saas_update"), *options)
            self.assertEqual(done.returncode, 2, options)
            self.assertRegex(done.stderr, "^saas_update: ")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True, help="the build tree's bin directory")
    known, rest = parser.parse_known_args()
    BIN = known.bin
    unittest.main(argv=sys.argv[:1] + rest, verbosity=2)
