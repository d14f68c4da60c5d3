#!/bin/sh
# What a report of a million runs costs (400 calls in each of four phases, a curve of 2,000 points):
# rendering each format, and opening the page in headless Chromium until its layout is done.
#
#   ninja -C build tests/reports/render-report && bench/report.sh [build]
# SPDX-License-Identifier: Apache-2.0
set -eu
render=${1:-build}/tests/reports/render-report
[ -x "$render" ] || { echo "build it first: ninja -C build tests/reports/render-report" >&2; exit 64; }
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

for format in html json markdown junit sarif prometheus csv matrix; do
  /usr/bin/time -f "render $format: %e s, %M KB" -a -o "$place/times" \
    "$render" large "$format" >"$place/report.$format"
done
cat "$place/times"
wc -c "$place/report.html" | awk '{ printf "page: %.1f MB\n", $1 / 1e6 }'

command -v chromium >/dev/null || { echo "left out: opening the page; apt-get install chromium"; exit 0; }
# Its last script asks for the layout, so that the time holds parsing, scripts and layout.
sed 's|</body>|<script>document.body.offsetHeight; document.title = "opened: " +\
  Math.round(performance.now()) + " ms, " + document.querySelectorAll(".name").length + " calls";</script></body>|' \
  "$place/report.html" >"$place/page.html"
for try in 1 2 3; do
  chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run \
    --disable-background-networking --disable-component-update --disable-sync --disable-dev-shm-usage \
    --user-data-dir="$place/profile" --dump-dom "file://$place/page.html" 2>/dev/null |
    sed -n 's|.*<title>\(opened: [^<]*\)</title>.*|\1|p'
done
