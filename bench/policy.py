#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a policy costs: paired and alternating, medians of the rounds' ratios or differences with the
interval that holds the median at 95 %.

  bench/policy.py start ORIGINAL PATCHED [ARGUMENT...]
      time from the start to the end of a command, in pairs; by the clock and of the processor
  bench/policy.py redis ORIGINAL PATCHED POLICY HARNESS
      redis-benchmark against three servers that run side by side: the original, the patched program,
      and the original under `harness enforce`
"""
import math
import os
import subprocess
import sys
import time

BLOCKS, ROUNDS, REQUESTS = 10, 20, 30_000  # servers are started anew for each block
PAIRS = 2000
PORTS = {"original": 17401, "patched": 17402, "enforced": 17403}


def median_interval(values):
    """Median, and the order statistics between which it lies at 95 % (binomial, normal limit)."""
    values = sorted(values)
    n = len(values)
    reach = 1.96 * math.sqrt(n) / 2
    low, high = max(0, math.floor(n / 2 - reach)), min(n - 1, math.ceil(n / 2 + reach))
    return values[n // 2], values[low], values[high]


def once_us(words):
    """Clock and processor time; the latter can be read on a busy machine as well."""
    begin = time.perf_counter_ns()
    child = os.posix_spawn(words[0], words, os.environ,
                           file_actions=[(os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0)])
    used = os.wait4(child, 0)[2]
    return (time.perf_counter_ns() - begin) / 1000, (used.ru_utime + used.ru_stime) * 1e6


def start(original, patched, *arguments):
    pairs = []
    for i in range(PAIRS):
        ways = {}
        for program in (original, patched) if i % 2 else (patched, original):
            ways[program] = once_us([program, *arguments])
        pairs.append((ways[original], ways[patched]))
    print(f"start and end of {os.path.basename(original)}, {PAIRS} pairs")
    for kind, time_of in (("clock", 0), ("processor", 1)):
        before = median_interval([one[time_of] for one, _ in pairs])[0]
        middle, low, high = median_interval([other[time_of] - one[time_of] for one, other in pairs])
        print(f"  {kind:9} {before:8.0f} us, patched {middle:+.0f} us  [{low:+.0f}, {high:+.0f}]")


def answers(port):
    return subprocess.run(["redis-cli", "-p", str(port), "ping"], capture_output=True).stdout == b"PONG\n"


def load(port, test):
    report = subprocess.run(["redis-benchmark", "-p", str(port), "-t", test, "-n", str(REQUESTS), "--csv"],
                            capture_output=True, text=True, check=True).stdout
    return float(report.splitlines()[-1].split(",")[1].strip('"'))


def filters_of(server):
    """Filters of the process that listens: the enforced one is a child of harness."""
    children = open(f"/proc/{server.pid}/task/{server.pid}/children").read().split()
    for pid in [*children, server.pid]:
        status = dict(line.split(":", 1) for line in open(f"/proc/{pid}/status"))
        if status["Name"].strip().startswith("redis"):
            return int(status["Seccomp_filters"]), int(status["TracerPid"])
    return None


def redis(original, patched, policy, harness):
    ratios = {(test, way): [] for test in ("set", "get") for way in PORTS}
    rates = {key: [] for key in ratios}
    words = {"original": [original], "patched": [patched],
             "enforced": [harness, "enforce", policy, "--", original]}
    for block in range(BLOCKS):
        servers = {way: subprocess.Popen([*words[way], "--port", str(port), "--save", ""],
                                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                   for way, port in PORTS.items()}
        try:
            while not all(answers(port) for port in PORTS.values()):
                time.sleep(0.05)
            if block == 0:
                print("  filters, tracer:", {way: filters_of(server) for way, server in servers.items()})
            for i in range(ROUNDS):
                order = list(PORTS)[i % 3:] + list(PORTS)[:i % 3]
                for test in ("set", "get"):
                    rate = {way: load(PORTS[way], test) for way in order}
                    for way in PORTS:
                        rates[test, way].append(rate[way])
                        ratios[test, way].append(rate[way] / rate["original"])
        finally:
            for way, port in PORTS.items():
                subprocess.run(["redis-cli", "-p", str(port), "shutdown", "nosave"], capture_output=True)
                servers[way].terminate()
                servers[way].wait()
    print(f"redis-benchmark -n {REQUESTS}, {BLOCKS} starts of {ROUNDS} rounds")
    for (test, way), values in ratios.items():
        middle, low, high = median_interval(values)
        print(f"  {test} {way:9} {median_interval(rates[test, way])[0]:10.0f} requests/s"
              f"  x {middle:.4f}  [{low:.4f}, {high:.4f}]")


if __name__ == "__main__":
    kinds = {"start": start, "redis": redis}
    if len(sys.argv) < 4 or sys.argv[1] not in kinds:
        sys.exit(__doc__)
    kinds[sys.argv[1]](*sys.argv[2:])
