"""The example's trace at a strict recorder: valid batches, the same trace as in the local store."""

import json
import signal
import subprocess

from place import Place, expect

KEY = "hcaik_0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijkl"


def read_lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def send(place, name, run_under_autospan):
    directory = place.made(name)
    recorder = subprocess.Popen([place.build / "tests" / "honeycomb_recorder", "--dir", directory,
                                 "--key", KEY], stdout=subprocess.PIPE, text=True)
    port = recorder.stdout.readline().split()[1]
    command = [place.bin("saas_update"), "--with-stub"]
    if run_under_autospan:
        command = [place.bin("autospan"), "run", "--", *command]
    place.run(*command, AUTOSPAN_EXPORT="local,honeycomb", HONEYCOMB_API_KEY=KEY,
              HONEYCOMB_API_ENDPOINT=f"http://127.0.0.1:{port}")
    recorder.send_signal(signal.SIGTERM)
    status = recorder.wait()
    violations = read_lines(directory / "violations.ndjson")
    expect(status == 0 and not violations, f"no rule is broken: {violations[:5]}")
    return read_lines(directory / "events.ndjson")


def main():
    place = Place()
    for name, under in (("outside", True), ("inside", False)):
        events = send(place, name, under)
        trace = place.json("view", "--last", "--json")
        sent = {e["data"]["trace.span_id"]: e["data"] for e in events if "trace.span_id" in e["data"]}
        expect(len(sent) >= 30, f"{name}: a whole trace is sent: {len(sent)} spans")
        expect(set(sent) == {span["span_id"] for span in trace["spans"]},
               f"{name}: the same spans as in the store")
        expect({d["trace.trace_id"] for d in sent.values()} == {trace["trace_id"]}, f"{name}: one trace")
        roots = [d for d in sent.values() if "trace.parent_id" not in d]
        expect(len(roots) == 1, f"{name}: one root: {roots}")
        expect(roots[0]["name"] == ("saas_update" if under else "start"), f"{name}: {roots[0]['name']}")
        errors = {d["name"] for d in sent.values() if d.get("error")}
        expect("UpdateStripe" in errors, f"{name}: the failing part is an error: {errors}")
        secrets = [d for d in sent.values() if d.get("api_token") not in (None, "[redacted]")]
        expect(not secrets, f"{name}: no token leaves: {secrets}")


if __name__ == "__main__":
    main()
