"""Counts the spans of processes from the rings that they left: kept, open and overwritten ones."""
import json
import subprocess


def environment(folder, budget):
    """Nothing is exported, and each ring is kept for us to count."""
    return {"AUTOSPAN_RING_DIR": str(folder), "AUTOSPAN_EXPORT": "none", "AUTOSPAN_DRAIN": "outside",
            "AUTOSPAN_SITE_BUDGET": budget, "AUTOSPAN_KEEP": "100000"}


def count_and_remove(autospan, folder):
    spans = 0
    for ring in sorted(folder.glob("*.ring")):
        done = subprocess.run([str(autospan), "dump", "--json", str(ring)], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True)
        if done.returncode == 0:
            dumped = json.loads(done.stdout)
            spans += len(dumped["spans"]) + len(dumped["open"]) + dumped["lost"]
        else:
            print(f"real: autospan dump {ring}: {done.stderr.strip()}")
        ring.unlink()
    return spans
