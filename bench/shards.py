#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Do two shards reach the calls of one campaign in half its time?

A reference campaign says which (phase, call) pairs there are to be found: those that its witnesses showed
in every repetition. Then, for each seed in turn and in alternating order, one campaign with one worker, and
two shards of it side by side with one worker each. Told is the wall-clock time until the campaign, or the
two shards together, had shown 90, 95 and 100 % of these pairs, and the ratio of the two: from the start of
the programs, and for the search alone, without the rehearsal that each shard has to itself. What was not
reached within the time is told as such, never guessed.

    bench/shards.py HARNESS PLAN [--seeds 5] [--seconds 60] [--reference-seconds 120]

The merge itself is not in these times; bench-merge_shards measures it. Leave the machine alone meanwhile.
"""
import argparse
import json
import math
import pathlib
import statistics
import subprocess
import tempfile
import threading
import time

LEVELS = (0.90, 0.95, 1.0)
CLOCKS = ("start", "search")  # from the start of the programs; of the search alone


class Exploration:
    """A running `explore`; notes when, after the start of all, its own clock began."""

    def __init__(self, harness, plan, place, started, options):
        self.harness, self.place, self.started = harness, place, started
        self.offset = None
        self.process = subprocess.Popen(
            [harness, "explore", plan, "--out", place, "--progress", "json", "--replicates", "1",
             "--epsilon", "0.00001", *options],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.thread = threading.Thread(target=self.listen)
        self.thread.start()

    def listen(self):
        last = ""
        for line in self.process.stderr:
            last = line
            event = json.loads(line) if line.startswith("{") else {}
            if self.offset is None and event.get("stage") == "exploring":
                self.offset = time.monotonic() - self.started - event["elapsed_s"]
        self.last = last

    def finish(self):
        """Its report, once it has ended by its budget."""
        self.thread.join()
        status = self.process.wait()
        if status not in (0, 4) or self.offset is None:
            raise SystemExit(f"{self.place}: status {status}: {self.last}")
        text = subprocess.run([self.harness, "report", self.place, "--format", "json"], check=True,
                              capture_output=True, text=True).stdout
        return json.loads(text)


def first_seen(report, offset):
    """Seconds until each pair was shown."""
    return {(phase["name"], row["arch"], row["name"]): offset + row["first_after_s"]
            for phase in report["phases"] for row in phase["syscalls"]}


def stable(report):
    return {(phase["name"], row["arch"], row["name"])
            for phase in report["phases"] for row in phase["syscalls"]
            if row["tried"] > 0 and row["shown"] == row["tried"]}


def explore(arguments, place, shards, seed, seconds):
    """When each pair was shown by the first of `shards` campaigns side by side, and all their runs."""
    started = time.monotonic()
    running = []
    for index in range(1, shards + 1):
        options = ["--workers", "1", "--seed", str(seed), "--for", f"{seconds}s"]
        if shards > 1:
            options += ["--shard", f"{index}/{shards}"]
        running.append(Exploration(arguments.harness, arguments.plan, f"{place}/{index}", started,
                                   options))
    seen, searched, runs = {}, {}, 0
    for one in running:
        report = one.finish()
        runs += report["runs"]
        for times, offset in ((seen, one.offset), (searched, 0)):
            for pair, at in first_seen(report, offset).items():
                times[pair] = min(at, times.get(pair, math.inf))
    return (seen, searched), runs


def reached(seen, wanted, level):
    times = sorted(seen.get(pair, math.inf) for pair in wanted)
    return times[math.ceil(level * len(times)) - 1]


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("harness")
    parser.add_argument("plan")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--reference-seconds", type=int, default=120)
    arguments = parser.parse_args()
    ratios = {(level, clock): [] for level in LEVELS for clock in CLOCKS}
    speeds = []
    with tempfile.TemporaryDirectory(prefix="harness-shards.") as place:
        # A seed that no measured campaign has.
        reference = Exploration(arguments.harness, arguments.plan, f"{place}/reference",
                                time.monotonic(), ["--workers", "2", "--seed", "999983", "--for",
                                                   f"{arguments.reference_seconds}s"]).finish()
        wanted = stable(reference)
        print(f"{arguments.plan}: {len(wanted)} stable pairs of a reference campaign of "
              f"{reference['runs']} runs", flush=True)
        print(f"{'seed':>4} {'pairs':>6} {'clock':>7} {'one, s':>9} {'two, s':>9} {'ratio':>6}")
        for seed in range(1, arguments.seeds + 1):
            seen, runs = {}, {}
            for shards in (1, 2) if seed % 2 else (2, 1):
                directory = pathlib.Path(place, f"{seed}-{shards}")
                directory.mkdir()
                seen[shards], runs[shards] = explore(arguments, str(directory), shards, seed,
                                                     arguments.seconds)
            speeds.append(runs[2] / runs[1])
            for (level, clock), values in ratios.items():
                one, two = (reached(seen[shards][CLOCKS.index(clock)], wanted, level)
                            for shards in (1, 2))
                both = math.isfinite(one) and math.isfinite(two)
                if both:
                    values.append(two / one)
                shown = [f"{at:9.1f}" if math.isfinite(at) else "  (never)" for at in (one, two)]
                print(f"{seed:4} {level:6.0%} {clock:>7} {shown[0]} {shown[1]} "
                      f"{two / one if both else math.nan:6.2f}", flush=True)
    for (level, clock), values in ratios.items():
        told = (f"median {statistics.median(values):.2f} ({min(values):.2f} to {max(values):.2f})"
                if values else "no ratio")
        print(f"{level:.0%}, {clock}: two shards / one campaign: {told}; {len(values)} of "
              f"{arguments.seeds} seeds reached it both ways")
    print(f"runs in the same time, two shards / one campaign: median {statistics.median(speeds):.2f}")


if __name__ == "__main__":
    main()
