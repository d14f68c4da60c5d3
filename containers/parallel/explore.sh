#!/bin/sh
# Shards over ssh with GNU parallel: one a host of HOSTS (a file, a host a line; "1/:" is this machine),
# results fetched and merged here; then the validation, likewise. Each host needs `harness` in its PATH
# (or HARNESS), rsync, and the plan's target. PLAN's directory goes along, and what FILES names (the seeds):
#   FILES=corpora/redis containers/parallel/explore.sh workloads/redis/redis.yaml OUT HOSTS [FOR [SHARDS]]
set -eu
[ $# -ge 3 ] || { echo "usage: [FILES=PATHS] explore.sh PLAN OUT HOSTS [FOR [SHARDS]]" >&2; exit 64; }
case $1 in /*) echo "explore.sh: write PLAN and FILES as seen from here, $PWD" >&2; exit 64 ;; esac
plan=$1 hosts=$(readlink -f "$3") for=${4:-1h}
shards=${5:-$(grep -c . "$hosts")}
harness=${HARNESS:-harness}
mkdir -p "$2"
out=$(readlink -f "$2")
# The same path on every host, made and removed by parallel.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r --parents "$(dirname "$plan")" ${FILES-} "$work"
cd "$work"
numbers=$(seq "$shards")
files=$(for path in "$(dirname "$plan")" ${FILES-}; do echo "--transferfile $path"; done)
each() { parallel --will-cite --sshloginfile "$hosts" --workdir . --cleanup --results "$out/logs" "$@" ::: $numbers >/dev/null; }

# 4 (not converged) is an ordinary end of one shard: a job that "fails" does not stop the others.
each $files --return "shard-{}.campaign" \
  "$harness explore $plan --out shard-{}.campaign --shard {}/$shards --workers 1 --ci batch --for $for" || true
mv shard-*.campaign "$out/"
[ ! -d "$out/merged.campaign" ] || cp -r "$out/merged.campaign" .  # what was validated before stays paid for
"$harness" merge merged.campaign "$out"/shard-*.campaign --partial
each --transferfile merged.campaign --return "fresh-{}.campaign" \
  "$harness validate merged.campaign --out fresh-{}.campaign --shard {}/$shards --workers 1 --ci"
"$harness" merge merged.campaign fresh-*.campaign
rm -rf "$out/merged.campaign"
mv fresh-*.campaign merged.campaign "$out/"
"$harness" report "$out/merged.campaign" --ci
