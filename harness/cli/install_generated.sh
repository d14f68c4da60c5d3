#!/bin/sh
# Writes manual pages and completions while `meson install` runs.
# Usage: install_generated.sh HARNESS MANDIR DATADIR   (relative to the prefix, which Meson exports)
# SPDX-License-Identifier: Apache-2.0
set -eu
harness=$1
prefix=$MESON_INSTALL_DESTDIR_PREFIX
man=$prefix/$2/man1
data=$prefix/$3
mkdir -p "$man" "$data/bash-completion/completions" "$data/zsh/site-functions" \
  "$data/fish/vendor_completions.d"
"$harness" manual >"$man/harness.1"
for command in $(sed -n 's/^\.BR harness\\-\([a-z]*\) (1)$/\1/p' "$man/harness.1"); do
  "$harness" manual "$command" >"$man/harness-$command.1"
done
"$harness" completion bash >"$data/bash-completion/completions/harness"
"$harness" completion zsh >"$data/zsh/site-functions/_harness"
"$harness" completion fish >"$data/fish/vendor_completions.d/harness.fish"
