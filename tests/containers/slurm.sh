#!/bin/bash
# The Slurm recipe as written, on a cluster of this one machine: shards, one of them killed for good, the
# node lost while they run (so that they are requeued and resumed), merge, validation array, last merge.
#   slurm.sh SOURCE HARNESS DOORS
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
source=$1 doors=$3
export HARNESS=$2
for program in slurmctld slurmd munged; do
  command -v $program >/dev/null || { echo "skipped: the Slurm recipe; apt-get install slurm-wlm munge"; exit 77; }
done
[ "$(id -u)" = 0 ] || { echo "skipped: the Slurm recipe; a cluster of one machine is started as root"; exit 77; }

place=$(mktemp -d)
clean() {
  "$source/containers/slurm/one-machine.sh" stop "$place/cluster" || true
  if [ -e "$place/passed" ]; then rm -rf "$place"; else echo "kept: $place"; fi
}
trap clean EXIT
fail() { echo "FAILED: $*"; tail -n 20 "$place"/out/*.log 2>/dev/null || true; exit 1; }
# Waits for a condition; the whole test has a limit of its own.
await() { until "$@" >/dev/null 2>&1; do sleep 0.5; done; }

chmod 711 "$place"
"$source/containers/slurm/one-machine.sh" start "$place/cluster" >/dev/null
export SLURM_CONF=$place/cluster/slurm.conf
node=$(hostname -s)

mkdir "$place/plan"
cat >"$place/plan/doors.yaml" <<PLAN
name: doors
target: $doors
phases:
  - startup
  - serving: {symbol: serve}
limits: {wall: 10s}
grammar:
  operands:
    most: 2
    of: ["a", "b", "bc", "--sync", "{word}"]
explore: {epsilon: 0.05}
PLAN

out=$place/out
last=$("$source/containers/slurm/submit.sh" "$place/plan/doors.yaml" "$out" 3 10m)
echo "submitted; the last job is $last"

runs_of() { "$HARNESS" status "$1" --json | grep -o '"runs": *[0-9]*' | head -n 1 | grep -o '[0-9]*$'; }
has_runs() { [ "$(runs_of "$1")" -gt 0 ]; }

finished() { [ -z "$(squeue -h -j "$last" 2>/dev/null)" ]; }

# A lost node: what runs on it is requeued, and goes on with its campaign.
until has_runs "$out/shard-1.campaign" 2>/dev/null || finished; do sleep 0.5; done
[ -e "$out/shard-1.campaign/state.db" ] || fail "the first shard never began"
before=$(sqlite3 "$out/shard-1.campaign/state.db" 'SELECT count(*) FROM writer' 2>/dev/null || echo 0)
scontrol update nodename="$node" state=down reason=lost
nothing_runs() { [ -z "$(squeue -h -t running,completing -o %i)" ]; }
await nothing_runs
scontrol update nodename="$node" state=resume
# Slurm holds requeued jobs back for two minutes.

# A shard that is killed for good: its script and its explorer, with no time to say anything.
second_runs() { pgrep -f -- "--out $out/shard-2.campaign" && [ -e "$out/shard-2.campaign/state.db" ]; }
until second_runs >/dev/null 2>&1 || finished; do sleep 0.5; done
if second_runs >/dev/null; then
  echo "killing shard 2 with $(runs_of "$out/shard-2.campaign") runs"
  for pid in $(pgrep -f -- "--out $out/shard-2.campaign"); do kill -9 "$pid" 2>/dev/null || true; done
fi
await finished

[ -s "$out/close.log" ] || fail "the last merge left no log"
grep -q "fresh runs" "$out/close.log" || fail "the last merge closed no attempt"
report=$out/merged.campaign/report.json
[ -s "$report" ] || fail "no report of the merged campaign"
python3 - "$report" "$out" <<'CHECK' || fail "the merged report"
import glob, json, sys
report = json.load(open(sys.argv[1]))
assert report["attempts"], "no attempt"
attempt = report["attempts"][-1]
print("attempt", attempt["number"], "fresh runs", attempt["runs"], "of", attempt["planned_runs"],
      "with news", attempt["runs_with_news"], "converged", report["converged"])
assert attempt["complete"] and attempt["runs"] == attempt["planned_runs"] == 72, attempt
assert report["converged"] == (attempt["runs_with_news"] == 0)
names = set(report["union"])
assert {"openat", "write", "exit_group"} & names, names
CHECK
grep -h "goes on\|resum" "$out"/shard-*.log || true
echo "writers of shard 1: $before before the node was lost, $(sqlite3 "$out/shard-1.campaign/state.db" 'SELECT count(*) FROM writer' 2>/dev/null || echo '?') in the end"
touch "$place/passed"
