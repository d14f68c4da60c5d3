#!/bin/sh
# Runs clang-tidy with the tree's .clang-tidy over all programs of ours, as they were compiled in
# BUILD. Usage: clang_tidy.sh SOURCE BUILD [PART_OF_A_PATH]    (core/base: that module only)
# SPDX-License-Identifier: Apache-2.0
set -eu
source=$1
build=$2
part=${3:-}
tidy=
for name in clang-tidy-14 clang-tidy; do
  ! command -v "$name" >/dev/null || { tidy=$name; break; }
done
if [ -z "$tidy" ]; then
  echo "skipped: clang-tidy is missing; apt-get install clang-tidy"
  exit 77
fi
# Other versions find other things.
case $("$tidy" --version) in
  *"version 14."*) ;;
  *) echo "skipped: clang-tidy 14 is wanted, not $("$tidy" --version | grep -i version)"; exit 77 ;;
esac
cd "$build"
list=$(mktemp)
trap 'rm -f "$list"' EXIT
# What is compiled as one unit is looked at as one, which is several times faster than file by file.
sed -n 's/^ *"file": "\(.*\)",*$/\1/p' compile_commands.json | grep '\.cpp$' |
  grep -Ev '(^|/)(tests|bench)/|\.c$' | grep -F "$part" >"$list" ||
  { echo "nothing in compile_commands.json matches '$part'"; exit 1; }
echo "$(wc -l <"$list") units"
xargs -P "$(nproc)" -n 1 "$tidy" -p . --quiet --config-file="$source/.clang-tidy" \
  --warnings-as-errors='*' --extra-arg=-Wno-unknown-warning-option <"$list" 2>/dev/null
