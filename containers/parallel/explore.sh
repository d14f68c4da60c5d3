#!/bin/sh
# Shards over ssh with GNU parallel: one per host of HOSTS (a file with one host per line; "1/:" is this
# machine). Results are fetched and merged here, then validated in the same way. Each host needs `harness` in
# its PATH (or HARNESS), rsync, and the plan's target. The directory of PLAN and the paths in FILES (the seeds) are
# copied to the hosts:
#   FILES=corpora/redis containers/parallel/explore.sh workloads/redis/redis.yaml OUT HOSTS [FOR [SHARDS]]
# SPDX-License-Identifier: Apache-2.0
set -eu
[ $# -ge 3 ] || { echo "usage: [FILES=PATHS] explore.sh PLAN OUT HOSTS [FOR [SHARDS]]" >&2; exit 64; }
case $1 in /*) echo "explore.sh: write PLAN and FILES relative to the current directory, $PWD" >&2; exit 64 ;; esac
plan=$1 hosts=$(readlink -f "$3") for=${4:-1h}
shards=${5:-$(grep -c . "$hosts")}
harness=${HARNESS:-harness}
mkdir -p "$2"
out=$(readlink -f "$2")
# The same path on every host, created and removed by parallel.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r --parents "$(dirname "$plan")" ${FILES-} "$work"
cd "$work"
numbers=$(seq "$shards")
files=$(for path in "$(dirname "$plan")" ${FILES-}; do echo "--transferfile $path"; done)
each() { parallel --will-cite --sshloginfile "$hosts" --workdir . --cleanup --results "$out/logs" "$@" ::: $numbers >/dev/null; }

# 4 (not converged) is normal for one shard; a job that "fails" does not stop the others.
each $files --return "shard-{}.campaign" \
  "$harness explore $plan --out shard-{}.campaign --shard {}/$shards --workers 1 --ci batch --for $for" || true
mv shard-*.campaign "$out/"
[ ! -d "$out/merged.campaign" ] || cp -r "$out/merged.campaign" .  # earlier attempts stay accounted for
"$harness" merge merged.campaign "$out"/shard-*.campaign --partial
each --transferfile merged.campaign --return "fresh-{}.campaign" \
  "$harness validate merged.campaign --out fresh-{}.campaign --shard {}/$shards --workers 1 --ci"
"$harness" merge merged.campaign fresh-*.campaign
rm -rf "$out/merged.campaign"
mv fresh-*.campaign merged.campaign "$out/"
"$harness" report "$out/merged.campaign" --ci
