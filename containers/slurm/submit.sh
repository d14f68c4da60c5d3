#!/bin/sh
# Explores on a Slurm cluster: N shards, then one merge that waits for all of them, whatever became of
# them. Prints the id of the merge job.
#   containers/slurm/submit.sh PLAN OUT [SHARDS] [FOR]
set -eu
[ $# -ge 2 ] || { echo "usage: submit.sh PLAN OUT [SHARDS] [FOR]" >&2; exit 64; }
here=$(dirname "$(readlink -f "$0")")
plan=$(readlink -f "$1")
mkdir -p "$2"
out=$(readlink -f "$2")
array=$(sbatch --parsable --array="1-${3:-8}" --output="$out/shard-%a.log" \
  --export="ALL,PLAN=$plan,OUT=$out,FOR=${4:-8h}" "$here/explore.sbatch")
sbatch --parsable --dependency="afterany:$array" --output="$out/merge.log" \
  --export="ALL,OUT=$out" "$here/merge.sbatch"
