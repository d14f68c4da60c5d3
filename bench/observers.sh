#!/bin/bash
# What does observing calls cost, by observer? Runs the same work untraced, counted in the kernel, counted
# by ptrace, and under strace, in alternating rounds, and prints the median of the ratios to the
# untraced run of the same round. Needs root (the in-kernel observer), a C compiler, redis-server,
# redis-benchmark and strace; parts whose programs are missing are skipped and named.
# Usage: bench/observers.sh HARNESS [ROUNDS [REQUESTS]]          (default 9 rounds, 50000 requests)
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail

harness=$(realpath "${1:?name the built harness}")
rounds=${2:-9}
requests=${3:-50000}

place=$(mktemp -d "${TMPDIR:-/tmp}/harness-observers.XXXXXX")
server=
clean_up() {
  [ -z "$server" ] || { kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; }
  rm -rf "$place"
}
trap clean_up EXIT

# The command prefix of each way to observe; the output of the tools is not what is measured.
observed() { # WAY COMMAND...
  local way=$1
  shift
  case $way in
    untraced) "$@" ;;
    kernel) "$harness" trace --observer kernel --no-errors -o "$place/table" -- "$@" ;;
    kernel_errors) "$harness" trace --observer kernel -o "$place/table" -- "$@" ;;
    ptrace) "$harness" trace --observer ptrace --no-errors -o "$place/table" -- "$@" ;;
    strace) strace -f -qq -c -o "$place/table" -- "$@" ;;
  esac
}
ways="untraced kernel kernel_errors ptrace strace"
command -v strace >/dev/null || { echo "skipped: strace is not installed"; ways=${ways/strace/}; }
"$harness" trace --observer kernel --no-errors -o /dev/null -- true

seconds() { # COMMAND...
  local start end
  start=$(date +%s%N)
  "$@" >/dev/null 2>&1
  end=$(date +%s%N)
  echo $((end - start))
}

# Reads "WAY FIGURE" lines, one group of ways a round; prints the median of figure / untraced.
medians() { # LOG
  for way in $ways; do
    awk -v way="$way" '$1 == "untraced" { base = $2 } $1 == way && base > 0 { print $2 / base }' "$1" |
      sort -g | awk -v way="$way" '{ v[NR] = $1 } END { if (NR) printf "  %-14s x %.3f\n", way, v[int((NR + 1) / 2)] }'
  done
}

timed() { # TITLE COMMAND...
  local title=$1
  shift
  : >"$place/log"
  for ((round = 0; round < rounds; ++round)); do
    for way in $ways; do
      echo "$way $(seconds observed "$way" "$@")" >>"$place/log"
    done
  done
  echo "$title (time, start of the observer included)"
  medians "$place/log"
}

# ---- a loop of the cheapest call, and a large directory ------------------------------------------
cat >"$place/loop.c" <<'C'
#include <sys/syscall.h>
#include <unistd.h>
int main(void) {
  for (int i = 0; i < 2000000; ++i)
    syscall(SYS_getppid);
  return 0;
}
C
if cc -O2 -o "$place/loop" "$place/loop.c" 2>/dev/null; then
  # By ptrace it would take minutes a round; bench-trace has that figure.
  all=$ways
  ways="untraced kernel kernel_errors"
  timed "2,000,000 getppid" "$place/loop"
  ways=$all
else
  echo "skipped: the loop needs a C compiler"
fi
mkdir "$place/many"
(cd "$place/many" && seq -f 'file%g' 10000 | xargs touch)
timed "ls -l of 10,000 files" ls -l "$place/many"

# ---- redis ---------------------------------------------------------------------------------------
if ! command -v redis-server redis-benchmark >/dev/null; then
  echo "skipped: redis-server or redis-benchmark is not installed"
  exit 0
fi
rate() { # WAY TEST
  observed "$1" redis-server --port 0 --unixsocket "$place/socket" --save '' --appendonly no \
    --dir "$place" >/dev/null 2>&1 &
  server=$!
  for ((i = 0; i < 200; ++i)); do
    redis-cli -s "$place/socket" ping >/dev/null 2>&1 && break
    sleep 0.05
  done
  redis-benchmark -s "$place/socket" -n "$requests" -t "$2" --csv 2>/dev/null |
    awk -F'"' 'NR == 2 { print $4 }'
  redis-cli -s "$place/socket" shutdown nosave >/dev/null 2>&1 || true
  wait "$server" || true
  server=
  rm -f "$place/socket"
}
for test in set get; do
  : >"$place/log"
  for ((round = 0; round < rounds; ++round)); do
    for way in $ways; do
      echo "$way $(rate "$way" "$test")" >>"$place/log"
    done
  done
  echo "redis-benchmark -t $test (requests a second; more is better)"
  medians "$place/log"
done
