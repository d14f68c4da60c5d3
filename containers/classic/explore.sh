#!/bin/sh
# Explores the three programs of the classic image (built by the Dockerfile in this directory) with the
# shipped plans. Only paths and the versions of the programs differ.
#   explore.sh HARNESS IMAGE DIRECTORY [OPTION of harness explore]...
# Writes DIRECTORY/NAME.yaml and DIRECTORY/NAME.campaign for ls, sqlite and redis.
# SPDX-License-Identifier: Apache-2.0
set -eu
harness=$1 image=$2 directory=$3
shift 3
source=$(cd "$(dirname "$0")/../.." && pwd)
mkdir -p "$directory"

plan() { # NAME SED-EXPRESSION...
  name=$1
  shift
  sed -e "s|^seeds: \.\./\.\./|seeds: $source/|" "$@" "$source/workloads/$name/$name.yaml" >"$directory/$name.yaml"
}
# In the image /bin is not a link to /usr/bin, and redis 4 does not support newer directives.
plan ls -e "s|^target: .*|target: {image: $image, executable: /bin/ls}|"
plan sqlite -e "s|^target: .*|target: {image: $image, executable: /usr/bin/sqlite3}|"
plan redis -e "s|^target:|target:\n  image: $image|" -e '/- enable-[a-z]*-command yes/d' \
  -e 's/ --enable-debug-command yes//'

worst=0
for name in ls sqlite redis; do
  status=0
  "$harness" explore "$directory/$name.yaml" --out "$directory/$name.campaign" "$@" || status=$?
  worst=$((worst > status ? worst : status))
done
exit "$worst"
