"""A build tree to test and a directory of one's own to do it in."""

import argparse
import json
import os
import pathlib
import subprocess
import tempfile
import time


class Place:
    def __init__(self):
        arguments = argparse.ArgumentParser()
        arguments.add_argument("--build", required=True, type=pathlib.Path)
        arguments.add_argument("--source", required=True, type=pathlib.Path)
        given = arguments.parse_args()
        self.build, self.source = given.build, given.source
        self._directory = tempfile.TemporaryDirectory(prefix="autospan-journey-")
        self.directory = pathlib.Path(self._directory.name)
        self.store = self.made("store")
        self.rings = self.made("rings")
        self.environment = {k: v for k, v in os.environ.items()
                            if not k.startswith(("AUTOSPAN", "HONEYCOMB", "OTEL", "TRACE"))}
        self.environment.update(AUTOSPAN_STORE=str(self.store), AUTOSPAN_RING_DIR=str(self.rings))

    def made(self, name):
        path = self.directory / name
        path.mkdir(mode=0o700)
        return path

    def bin(self, name):
        return str(self.build / "bin" / name)

    def run(self, *command, check=True, cwd=None, **variables):
        done = subprocess.run([str(c) for c in command], env={**self.environment, **variables},
                              capture_output=True, text=True, timeout=240, cwd=cwd or self.directory,
                              stdin=subprocess.DEVNULL)
        if check and done.returncode != 0:
            raise AssertionError(f"{command}: {done.returncode}\n{done.stdout}\n{done.stderr}")
        return done

    def json(self, *command, **variables):
        return json.loads(self.run(self.bin("autospan"), *command, **variables).stdout)


def until(what, condition, seconds=30):
    """The condition's first true value; fails after some seconds, saying for what it waited."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError(f"not within {seconds} s: {what}")


def expect(condition, message):
    if not condition:
        raise AssertionError(message)
