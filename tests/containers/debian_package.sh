#!/bin/bash
# Builds the Debian package, installs it with its dependencies in a fresh minimal root, and explores
# ls there. Usage: debian_package.sh SOURCE
# HARNESS_MIRROR names another Debian mirror than the first of this machine's own sources.
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
source=$(realpath "${1:?name the source tree}")

skip() { echo "skipped: $*"; exit 77; }
[ "$(id -u)" = 0 ] || skip "a minimal root needs uid 0"
for program in dpkg-buildpackage dh debootstrap unshare pivot_root; do
  command -v "$program" >/dev/null ||
    skip "$program is missing; apt-get install dpkg-dev debhelper debootstrap"
done
dpkg-checkbuilddeps "$source/debian/control" 2>/dev/null || skip "build dependencies are missing"
. /etc/os-release
suite=${VERSION_CODENAME:-bookworm}
mirror=${HARNESS_MIRROR:-$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | head -n 1)}
[ -n "$mirror" ] || skip "apt has no package lists; apt-get update"

place=$(mktemp -d "${TMPDIR:-/tmp}/harness-package.XXXXXX")
trap 'rm -rf --one-file-system "$place"' EXIT
root=$place/root

echo "== a minimal root of $suite from $mirror"
debootstrap --variant=minbase "$suite" "$root" "$mirror" >"$place/debootstrap.log" 2>&1 ||
  { tail -n 5 "$place/debootstrap.log"; skip "debootstrap failed: no network?"; }

echo "== dpkg-buildpackage"
mkdir "$place/harness"
tar -C "$source" --exclude='./build*' --exclude=./.git --exclude='*.campaign' -c . |
  tar -C "$place/harness" -x
(cd "$place/harness" && dpkg-buildpackage -us -uc -b "-j$(nproc)") >"$place/build.log" 2>&1 ||
  { tail -n 30 "$place/build.log"; exit 1; }
ls -l "$place"/*.deb
if command -v lintian >/dev/null; then
  echo "== lintian"
  lintian --fail-on error --allow-root "$place"/harness_*.changes
else
  echo "skipped: lintian is missing; apt-get install lintian"
fi

echo "== install, and explore ls"
cp "$place"/harness_*.deb "$root/harness.deb"
cp /etc/resolv.conf "$root/etc/resolv.conf"
[ ! -d /etc/apt/apt.conf.d ] || cp -n /etc/apt/apt.conf.d/* "$root/etc/apt/apt.conf.d/"
cat >"$root/inside.sh" <<'INSIDE'
set -eu
umount -l /mnt
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
apt-get -q update
apt-get -q install -y --no-install-recommends /harness.deb
harness explore --plan-list
harness manual explore >/dev/null
test -s /usr/share/man/man1/harness-explore.1.gz
status=0
harness explore ls --runs 300 --seed 1 --progress lines --out /tmp/ls.campaign || status=$?
case $status in 0 | 4) ;; *) echo "explore ended with $status"; exit 1 ;; esac
grep -q '"name": *"startup"' /tmp/ls.campaign/report.json
grep -q '"execve"' /tmp/ls.campaign/report.json
harness policy /tmp/ls.campaign --format oci --accept-unconverged -o /tmp/ls.json
test -s /tmp/ls.json
INSIDE
# A root of its own instead of chroot: Bubblewrap changes its root, too, which a chroot forbids. The
# mounts end with the namespace.
unshare --mount --pid --fork --propagation private sh -euc '
  mount --bind "$1" "$1"
  cd "$1"
  mount --rbind /sys sys
  mount --rbind /dev dev
  mount -t proc proc proc
  pivot_root . mnt
  exec chroot . /bin/sh /inside.sh' sh "$root"
echo "explored ls with the installed package"
