#!/bin/bash
# The image for real, on a base that debootstrap makes (there may be no registry): containers/Dockerfile
# is built, `explore` of ls runs inside, isolated, and a policy that it generated is loaded by runc around
# the same program.
#   image.sh SOURCE HARNESS [--compile]
# Without --compile the build stage takes this HARNESS instead of compiling it again (some ten minutes of
# processor time); all else is the Dockerfile's.
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
source=$1 harness=$2 compile=${3-}
for program in podman buildah runc debootstrap; do
  command -v $program >/dev/null || { echo "skipped: the image; apt-get install podman buildah runc debootstrap"; exit 77; }
done
[ "$(id -u)" = 0 ] || { echo "skipped: the image; chroot isolation and debootstrap want root"; exit 77; }

place=$(mktemp -d)
tag=localhost/harness-test-$$
clean() {
  podman rmi --force "$tag" "$tag-base" >/dev/null 2>&1 || true
  rm -rf "$place"
}
trap clean EXIT
fail() { echo "FAILED: $*"; exit 1; }

if [ -n "${HARNESS_TEST_BASE-}" ]; then base=$HARNESS_TEST_BASE
else
  debootstrap --variant=minbase bookworm "$place/base" >"$place/debootstrap.log" 2>&1 ||
    { echo "skipped: the image; debootstrap found no mirror: $(tail -n 1 "$place/debootstrap.log")"; exit 77; }
  # Whatever this machine needs to reach its mirror, the build needs too.
  cp /etc/apt/apt.conf.d/* "$place/base/etc/apt/apt.conf.d/" 2>/dev/null || true
  base=$tag-base
  tar -C "$place/base" -c . | podman import - "$base" >/dev/null
fi

context=$place/context
mkdir "$context"
tar -C "$source" --exclude='./build*' --exclude=.git -c . | tar -C "$context" -x
dockerfile=$context/containers/Dockerfile
if [ "$compile" != --compile ]; then
  mkdir -p "$context/prebuilt"
  cp "$harness" "$context/prebuilt/harness"
  grep -q '^RUN HARNESS_BUILD=/build ./run --version$' "$dockerfile" || fail "the Dockerfile compiles in another way"
  sed -i 's|^RUN HARNESS_BUILD=/build ./run --version$|RUN mkdir -p /build/harness/cli \&\& cp prebuilt/harness /build/harness/cli/|' "$dockerfile"
fi
buildah bud --isolation chroot --build-arg BASE="$base" -t "$tag" -f "$dockerfile" "$context" >"$place/bud.log" 2>&1 ||
  { tail -n 20 "$place/bud.log"; fail "the image was not built"; }
echo "built: $(podman images --format '{{.Size}}' "$tag")"

# crun wants cgroups that some machines lack; runc does with less. The limits are those that any user may set.
mkdir "$place/kept"
podman="podman --runtime runc run --rm --network none --ulimit nofile=1024:1024 --ulimit nproc=4096:4096"
privileges="--cap-add SYS_PTRACE --cap-add SYS_ADMIN --cap-add NET_ADMIN --security-opt seccomp=unconfined
  --security-opt apparmor=unconfined --security-opt systempaths=unconfined"
if ! $podman "$tag" --version; then
  echo "skipped: running the image; this machine's podman starts no container"
  exit 77
fi
status=0
$podman $privileges -v "$place/kept:/work" "$tag" explore /usr/share/harness/workloads/ls/ls.yaml \
  --runs 200 --ci || status=$?
case $status in 0 | 4) ;; *) fail "explore inside ended with status $status" ;; esac
[ -s "$place/kept/ls.campaign/report.json" ] || fail "no report"

# With fewer privileges it must say what is missing, and not run targets unisolated.
if $podman -v "$place/kept:/work" "$tag" explore /usr/share/harness/workloads/ls/ls.yaml --out no.campaign \
  --runs 5 --ci 2>"$place/refusal"; then fail "it ran without its privileges"; fi
grep -q "can't be isolated" "$place/refusal" || { cat "$place/refusal"; fail "no word on isolation"; }

# The policy it found, around the same program, by the runtime itself.
$podman -v "$place/kept:/work" "$tag" policy ls.campaign --format oci --accept-unconverged >"$place/oci.json"
# Without no-new-privileges, runc loads the filter before it has finished its own work (chdir, for one).
podman="$podman --security-opt no-new-privileges"
around="$podman --security-opt seccomp=$place/oci.json --entrypoint ls"
$around "$tag" -la /etc >"$place/listing" || fail "ls does not run under its own policy"
[ "$(wc -l <"$place/listing")" -gt 10 ] || fail "ls under its policy listed nothing"
seccomp=$($podman --security-opt "seccomp=$place/oci.json" --entrypoint cat "$tag" /proc/self/status 2>&1 |
  grep '^Seccomp:' || true)
echo "under the policy: ${seccomp:-cat is not allowed to}"
# What ls never does is refused by the same runtime.
if $podman --security-opt "seccomp=$place/oci.json" --entrypoint unshare "$tag" --user true 2>/dev/null; then
  fail "the policy of ls lets unshare through"
fi
echo "passed"
