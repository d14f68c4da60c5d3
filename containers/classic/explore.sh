#!/bin/sh
# Explores the three programs of the classic image (built by the Dockerfile beside this), with the
# shipped plans: other places and older programs are all that differs.
#   explore.sh HARNESS IMAGE DIRECTORY [OPTION of harness explore]...
# Writes DIRECTORY/NAME.yaml and DIRECTORY/NAME.campaign for ls, sqlite and redis.
set -eu
harness=$1 image=$2 directory=$3
shift 3
source=$(cd "$(dirname "$0")/../.." && pwd)
mkdir -p "$directory"

plan() { # NAME, and what changes: sed expressions
  name=$1
  shift
  sed -e "s|^seeds: \.\./\.\./|seeds: $source/|" "$@" "$source/workloads/$name/$name.yaml" >"$directory/$name.yaml"
}
# There /bin is no link to /usr/bin, and redis 4 knows nothing of directives that came later.
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
