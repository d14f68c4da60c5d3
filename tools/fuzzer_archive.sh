#!/bin/sh
# Prints the path of libFuzzer's runtime without `main`. Debian's libclang-rt-14-dev holds it; clang
# itself, which is thirty times as large, is asked only where the file is elsewhere.
# SPDX-License-Identifier: Apache-2.0
set -u
for archive in /usr/lib/llvm-*/lib/clang/*/lib/linux/libclang_rt.fuzzer_no_main-"$(uname -m)".a; do
  if [ -f "$archive" ]; then
    echo "$archive"
    exit
  fi
done
for clang in clang++ clang++-14 clang++-16 clang++-19; do
  command -v "$clang" >/dev/null || continue
  for name in "libclang_rt.fuzzer_no_main-$(uname -m).a" libclang_rt.fuzzer_no_main.a; do
    archive=$("$clang" --print-file-name="$name")
    case $archive in /*) echo "$archive"; exit ;; esac
  done
done
