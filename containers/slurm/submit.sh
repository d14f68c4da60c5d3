#!/bin/sh
# Explores on a Slurm cluster: N shards; a merge that waits until all of them have ended, successfully or
# not; validation by fresh runs in N parts; and the merge that closes the attempt. Prints the id of
# the last job. OUT must be on a file system that all nodes share; HARNESS names the program there.
#   containers/slurm/submit.sh PLAN OUT [SHARDS] [FOR]
# SPDX-License-Identifier: Apache-2.0
set -eu
[ $# -ge 2 ] || { echo "usage: submit.sh PLAN OUT [SHARDS] [FOR]" >&2; exit 64; }
here=$(dirname "$(readlink -f "$0")")
plan=$(readlink -f "$1")
mkdir -p "$2"
out=$(readlink -f "$2")
shards=${3:-8}
explore=$(sbatch --parsable --array="1-$shards" --output="$out/shard-%a.log" \
  --export="ALL,PLAN=$plan,OUT=$out,FOR=${4:-8h}" "$here/explore.sbatch")
merge=$(sbatch --parsable --dependency="afterany:$explore" --output="$out/merge.log" \
  --export="ALL,OUT=$out" "$here/merge.sbatch")
validate=$(sbatch --parsable --dependency="afterok:$merge" --kill-on-invalid-dep=yes --array="1-$shards" \
  --output="$out/fresh-%a.log" --export="ALL,OUT=$out" "$here/validate.sbatch")
sbatch --parsable --dependency="afterany:$validate" --output="$out/close.log" \
  --export="ALL,OUT=$out,VALIDATION=$validate" "$here/close.sbatch"
