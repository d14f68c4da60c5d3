#!/bin/bash
# Do memory and disk stay flat over a long campaign? Explores a target that does next to nothing and
# prints, every STEP runs, the memory of all our processes (PSS: shared pages count once) and the size of
# the campaign directory. Fails if one of them passes the goal: 200 MB of memory, 100 MB of disk.
# Usage: bench/flat.sh HARNESS [RUNS [STEP [WORKERS]]]        (default 1000000 runs, every 50000)
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail

harness=$(realpath "${1:?name the built harness}")
runs=${2:-1000000}
step=${3:-50000}
workers=${4:-$(nproc)}
max_memory_kb=200000
max_disk_kb=100000

place=$(mktemp -d "${TMPDIR:-/tmp}/harness-flat.XXXXXX")
campaign=
clean_up() {
  [ -z "$campaign" ] || kill "$campaign" 2>/dev/null || true
  wait
  rm -rf "$place"
}
trap clean_up EXIT

# A few different calls, so that there is something to find; no libc that would add its own.
cat >"$place/target.c" <<'C'
#include <sys/syscall.h>
static long call(long number) {
  long answer;
  __asm__ volatile("syscall" : "=a"(answer) : "a"(number), "D"(0L) : "rcx", "r11", "memory");
  return answer;
}
__attribute__((used)) void begin(long *stack) {
  char **words = (char **)(stack + 1);
  for (long i = 1; i < stack[0]; ++i)
    call(words[i][0] & 1 ? SYS_getpid : SYS_getppid);
  call(stack[0] > 2 ? SYS_getuid : SYS_getgid);
  call(SYS_exit_group);
}
__asm__(".globl _start\n_start: mov %rsp, %rdi\n call begin\n");
C
cc -O1 -static -nostdlib -fno-stack-protector -o "$place/target" "$place/target.c"
cat >"$place/plan.yaml" <<Y
name: flat
target: $place/target
explore: {until: budget, for: 24h}
grammar:
  operands: {most: 4, of: ["a", "b", "{word}", "{int:0..99}"]}
Y

family() { # of process $1, itself included
  local children
  echo "$1"
  for children in /proc/"$1"/task/*/children; do
    for child in $(cat "$children" 2>/dev/null); do family "$child"; done
  done
}
pss_kb() {
  local sum=0 one
  for process in $(family "$campaign"); do
    one=$(awk '/^Pss:/ {print $2}' /proc/"$process"/smaps_rollup 2>/dev/null) || true
    sum=$((sum + ${one:-0}))
  done
  echo "$sum"
}

"$harness" explore "$place/plan.yaml" --out "$place/flat.campaign" --runs "$runs" --workers "$workers" \
  --progress json >"$place/summary" 2>"$place/progress" &
campaign=$!
printf '%10s %9s %10s %9s %7s\n' runs seconds memory_kB disk_kB inputs
next=0 highest_memory=0 highest_disk=0
while kill -0 "$campaign" 2>/dev/null; do
  sleep 1
  last=$(grep '"event":"progress"' "$place/progress" | tail -1 || true)
  now=$(sed -n 's/.*"runs":\([0-9]*\).*/\1/p' <<<"$last")
  [ "${now:-0}" -ge "$next" ] && grep -q '"stage":"exploring"' <<<"$last" || continue
  memory=$(pss_kb)
  disk=$(du -sk "$place/flat.campaign" | cut -f1)
  elapsed=$(sed -n 's/.*"elapsed_s":\([0-9.]*\).*/\1/p' <<<"$last")
  inputs=$(sed -n 's/.*"corpus":\([0-9]*\).*/\1/p' <<<"$last")
  printf '%10d %9.0f %10d %9d %7d\n' "$now" "$elapsed" "$memory" "$disk" "$inputs"
  highest_memory=$((memory > highest_memory ? memory : highest_memory))
  highest_disk=$((disk > highest_disk ? disk : highest_disk))
  next=$((now - now % step + step))
done
wait "$campaign" || true # 4: a budget ended it
campaign=
head -1 "$place/summary"
echo "highest: $highest_memory kB of memory (goal $max_memory_kb), $highest_disk kB of disk (goal $max_disk_kb)"
[ "$highest_memory" -lt "$max_memory_kb" ] && [ "$highest_disk" -lt "$max_disk_kb" ]
