#!/bin/bash
# The recipe for GNU parallel as written, two jobs at a time on this machine without ssh.
#   parallel.sh SOURCE HARNESS
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
source=$1
export HARNESS=$2
command -v parallel >/dev/null && parallel --version 2>/dev/null | grep -q GNU ||
  { echo "skipped: the recipe for parallel; apt-get install parallel"; exit 77; }
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
mkdir "$place/plan"
cat >"$place/plan/true.yaml" <<'PLAN'
name: true
target: /bin/true
grammar:
  operands: {most: 2, of: ["a", "--help", "--version", "{word}"]}
explore: {epsilon: 0.05}
PLAN
echo 2/: >"$place/hosts"
cd "$place"
status=0
"$source/containers/parallel/explore.sh" plan/true.yaml out hosts 20s 2 || status=$?
case $status in 0 | 4) ;; *) echo "FAILED: status $status"; exit 1 ;; esac
[ -d "$place/out/shard-1.campaign" ] && [ -s "$place/out/merged.campaign/report.json" ] || { ls "$place/out"; exit 1; }
grep -q '"fresh_runs": 72' "$place/out/merged.campaign/report.json" || { echo "FAILED: no attempt of 72 runs"; exit 1; }
echo passed
