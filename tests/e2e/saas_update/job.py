"""The job, its stub and the autospan command, as a test drives them; and a trace to ask about."""

import contextlib
import json
import os
import subprocess
import tempfile
import time
import urllib.request

DEADLINE_S = 60


class Machine:
    """A directory of its own for the store, the rings and the database of one run."""

    def __init__(self, bin_dir, token):
        self.bin = bin_dir
        self.directory = tempfile.TemporaryDirectory(prefix="autospan-e2e-")
        self.store = self.path("store")
        self.rings = self.path("rings")
        self.database = os.path.join(self.directory.name, "users.db")
        self.environment = {k: v for k, v in os.environ.items()
                            if not k.startswith(("AUTOSPAN", "HONEYCOMB", "OTEL", "TRACE"))}
        self.environment.update(AUTOSPAN_STORE=self.store, AUTOSPAN_EXPORT="local",
                                AUTOSPAN_RING_DIR=self.rings, SAAS_API_TOKEN=token)

    def path(self, name):
        path = os.path.join(self.directory.name, name)
        os.mkdir(path, mode=0o700)
        return path

    def program(self, name):
        return os.path.join(self.bin, name)

    def job(self, *options):
        return [self.program("saas_update"), "--database", self.database, *options]

    def run(self, *command):
        return subprocess.run(command, env=self.environment, capture_output=True, text=True,
                              timeout=DEADLINE_S, stdin=subprocess.DEVNULL)

    def autospan(self, *arguments):
        """What the command prints, as JSON. Its failure is the test's."""
        done = self.run(self.program("autospan"), *arguments)
        if done.returncode != 0:
            raise AssertionError(f"autospan {' '.join(arguments)}: {done.returncode}\n{done.stderr}")
        return json.loads(done.stdout)

    def files_with(self, text):
        """The files below this machine's directory that hold the text, the database aside."""
        found = []
        for where, _, names in os.walk(self.directory.name):
            for name in names:
                path = os.path.join(where, name)
                with open(path, "rb") as file:
                    if path != self.database and text.encode() in file.read():
                        found.append(path)
        return found

    @contextlib.contextmanager
    def stub(self, *options):
        """A stub server of the test's own, so that it can be asked what it was asked."""
        process = subprocess.Popen([self.program("saas_stub_server"), *options],
                                   env=self.environment, text=True,
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        try:
            yield Stub(process.stdout.readline().strip())
        finally:
            process.stdin.close()  # its lifeline
            process.wait(DEADLINE_S)
            process.stdout.close()

    def close(self):
        self.directory.cleanup()


class Stub:
    def __init__(self, url):
        self.url = url
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def stats(self):
        with self.opener.open(self.url + "/stats", timeout=DEADLINE_S) as answer:
            return json.load(answer)

    def wait_for(self, api, requests):
        deadline = time.monotonic() + DEADLINE_S
        while self.stats()[api] < requests:
            if time.monotonic() > deadline:
                raise AssertionError(f"the stub never saw {requests} requests to {api}")
            time.sleep(0.005)


class Trace:
    """The spans of `view --json`, by name and by kinship."""

    def __init__(self, answer):
        self.spans = sorted(answer["spans"], key=lambda span: span["start"])
        self.by_parent = {}
        for span in self.spans:
            self.by_parent.setdefault(span["parent_id"], []).append(span)

    def named(self, name):
        return [span for span in self.spans if span["name"] == name]

    def one(self, name):
        found = self.named(name)
        if len(found) != 1:
            raise AssertionError(f"{len(found)} spans named {name}, not one")
        return found[0]

    def children(self, span, name=None):
        children = self.by_parent.get(span["span_id"], [])
        return [child for child in children if name in (None, child["name"])]

    def below(self, span):
        for child in self.children(span):
            yield child
            yield from self.below(child)

    def outline(self, *spans):
        """What is below the spans as an indented tree of names, like siblings told once."""
        groups = {}
        for child in (child for span in spans for child in self.children(span)):
            groups.setdefault(child["name"], []).append(child)
        lines = []
        for name, alike in groups.items():
            lines += [name] + ["  " + line for line in self.outline(*alike)]
        return lines
