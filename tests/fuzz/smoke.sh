#!/bin/sh
# Builds the libFuzzer targets for our own parsers with clang and runs each for a short while.
# Usage: smoke.sh SOURCE BUILD
# SPDX-License-Identifier: Apache-2.0
set -eu
source=$1
build=$2/self-fuzz
clang=$(command -v clang++ || command -v clang++-14 || true)
if [ -z "$clang" ]; then
  echo "skipped: clang++ is missing; apt-get install clang libclang-rt-14-dev"
  exit 77
fi
[ -f "$build/build.ninja" ] ||
  CXX=$clang CC=${clang%++*} meson setup "$build" "$source" -Dself_fuzz=true -Dtests=false \
    -Dbuildtype=debugoptimized -Db_lundef=false >"$2/self-fuzz.log" 2>&1 ||
  { cat "$2/self-fuzz.log"; exit 1; }
for target in grammar help input trigger words; do
  ninja -C "$build" "tests/fuzz/fuzz-$target" >"$2/self-fuzz.log" 2>&1 ||
    { tail -40 "$2/self-fuzz.log"; exit 1; }
  mkdir -p "$build/corpus-$target"
  cp "$source/tests/fuzz/seeds/$target"/* "$build/corpus-$target/"
  echo "== $target"
  "$build/tests/fuzz/fuzz-$target" -runs=20000 -max_total_time=30 -max_len=4096 -print_final_stats=1 \
    -artifact_prefix="$build/" "$build/corpus-$target" >"$2/self-fuzz.log" 2>&1 ||
    { tail -40 "$2/self-fuzz.log"; exit 1; }
  grep -h 'stat::number_of_executed_units\|^#.*DONE' "$2/self-fuzz.log"
done
