#!/bin/sh
# Shards over ssh with GNU parallel: one a host of HOSTS (a file, a host a line; ":" is this machine),
# results fetched and merged here. Each host needs `harness` in its PATH and the plan's target.
#   containers/parallel/explore.sh PLAN OUT HOSTS [FOR]
set -eu
[ $# -ge 3 ] || { echo "usage: explore.sh PLAN OUT HOSTS [FOR]" >&2; exit 64; }
plan=$1 out=$2 hosts=$3 for=${4:-1h}
shards=$(grep -c . "$hosts")
mkdir -p "$out"
bundle=$(dirname "$plan")
# 4 (not converged) is an ordinary end of one shard, so a failed job does not stop the others.
parallel --sshloginfile "$hosts" --jobs 1 --transferfile "$bundle" --return "shard-{}.campaign" \
  --workdir "harness-$$" --results "$out/logs" \
  "harness explore $plan --out shard-{}.campaign --shard {}/$shards --ci --for $for" \
  ::: $(seq "$shards") || true
for shard in $(seq "$shards"); do
  [ ! -d "shard-$shard.campaign" ] || mv "shard-$shard.campaign" "$out/"
done
harness merge "$out/merged.campaign" "$out"/shard-*.campaign
harness report "$out/merged.campaign"
