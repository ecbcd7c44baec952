"""kill -9 in the middle of UpdateSalesforce: dump shows the open stack and every completed span."""

import json
import os
import signal
import subprocess

from place import Place, expect, until


def open_names(dump):
    return [span["name"] for span in dump["open"]]


def main():
    place = Place()
    job = subprocess.Popen([place.bin("saas_update"), "--with-stub", "--users", "50"],
                           env=place.environment, cwd=place.directory, stdin=subprocess.DEVNULL,
                           stdout=subprocess.DEVNULL)

    def in_salesforce():
        done = place.run(place.bin("autospan"), "dump", job.pid, "--json", check=False)
        if done.returncode != 0:
            return None
        dump = json.loads(done.stdout)
        names = open_names(dump)
        return dump if "UpdateSalesforce" in names and len(names) >= 3 else None

    live = until("the job is three deep in UpdateSalesforce", in_salesforce)
    os.kill(job.pid, signal.SIGKILL)
    expect(job.wait() == -signal.SIGKILL, "the job dies of the kill")

    dump = place.json("dump", "--json")
    expect(dump["process"]["pid"] == job.pid, f"the newest ring is the job's: {dump['process']}")
    names = open_names(dump)
    expect(names[:2] == ["start", "UpdateSalesforce"], f"outermost first: {names}")
    expect(len(names) >= 3, f"three deep: {names}")
    for outer, inner in zip(dump["open"], dump["open"][1:]):
        expect(inner["parent_id"] == outer["span_id"], "each is the child of the one before")
        expect(inner["age_ms"] <= outer["age_ms"], "and younger")
    expect(all(span["status"] == "unfinished" for span in dump["open"]), "open spans say so")
    expect("user_id" in dump["open"][2]["fields"], f"with arguments: {dump['open'][2]}")
    expect(dump["lost"] == 0 and dump["damaged"] == 0, f"whole: {dump['process']}")

    before = {span["span_id"] for span in live["spans"]}
    after = {span["span_id"] for span in dump["spans"]}
    expect(before <= after, "what was complete while it lived is there when it is dead")
    expect({"UpdateIntercom"} <= {span["name"] for span in dump["spans"]}, "the part before it too")
    expect(not after & {span["span_id"] for span in dump["open"]}, "no span is both")

    text = place.run(place.bin("autospan"), "dump").stdout
    expect("UpdateSalesforce" in text, "the same for people")


if __name__ == "__main__":
    main()
