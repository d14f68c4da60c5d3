#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the pictures of README.md from a real campaign.

    docs/images/make_images.py report CAMPAIGN              # report.png, by headless Chromium
    docs/images/make_images.py screen SECONDS COMMAND...    # live.svg, the terminal after SECONDS, by tmux

For example, with an exploration that is ended after 40 seconds:

    docs/images/make_images.py screen 40 ./run explore workloads/redis/redis.yaml
"""
import html
import pathlib
import re
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
COLUMNS, ROWS = 110, 36
CELL_WIDTH, CELL_HEIGHT, MARGIN = 8.0, 17.0, 12
BACKGROUND, FOREGROUND = "#16191d", "#d5d9de"
COLORS = ["#4a5059", "#f0716b", "#7ec07e", "#d9b45b", "#6ca7e8", "#c08ae0", "#5fc0c4", "#d5d9de",
          "#8b939e", "#ff938d", "#9bdc9b", "#f2cf7d", "#8fc1f7", "#d6a9f0", "#84dade", "#ffffff"]
CHROMIUM = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]


def report(campaign):
    page = pathlib.Path(campaign).resolve() / "report.html"
    target = HERE / "report.png"
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run([*CHROMIUM, f"--user-data-dir={profile}", "--window-size=1100,1120", f"--screenshot={target}",
                        page.as_uri()], check=True, capture_output=True)
    print(target, target.stat().st_size)


def indexed(number):
    """A color of the 256-color palette."""
    if number < 16:
        return COLORS[number]
    if number >= 232:
        return "#" + f"{8 + (number - 232) * 10:02x}" * 3
    levels = [0, 95, 135, 175, 215, 255]
    number -= 16
    return "#" + "".join(f"{levels[number // step % 6]:02x}" for step in (36, 6, 1))


def styled(line):
    """The line as pairs of text and style: color, bold, faint."""
    color, bold, faint, inverse = None, False, False, False
    for part in re.split(r"(\x1b\[[0-9;]*m)", line):
        if not part.startswith("\x1b["):
            if part:
                yield part, (color, bold, faint, inverse)
            continue
        codes = [int(code or 0) for code in part[2:-1].split(";")]
        while codes:
            code = codes.pop(0)
            if code == 0:
                color, bold, faint, inverse = None, False, False, False
            elif code in (1, 2, 7):
                bold, faint, inverse = bold or code == 1, faint or code == 2, inverse or code == 7
            elif code == 22:
                bold, faint = False, False
            elif code == 27:
                inverse = False
            elif code == 38 and codes[0] == 5:
                color, codes = indexed(codes[1]), codes[2:]
            elif code == 38:
                color, codes = "#%02x%02x%02x" % tuple(codes[1:4]), codes[4:]
            elif code == 39:
                color = None
            elif 30 <= code <= 37 or 90 <= code <= 97:
                color = COLORS[code - 30 if code < 90 else code - 82]


def svg(lines):
    width, height = COLUMNS * CELL_WIDTH + 2 * MARGIN, len(lines) * CELL_HEIGHT + 2 * MARGIN
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}" '
           'font-family="ui-monospace, \'DejaVu Sans Mono\', Menlo, Consolas, monospace" font-size="13">',
           f'<rect width="100%" height="100%" rx="6" fill="{BACKGROUND}"/>']
    for row, line in enumerate(lines):
        column = 0
        for text, (color, bold, faint, inverse) in styled(line):
            start, size = column, len(text)
            column += size
            body = text.strip()
            if not body and not inverse:
                continue
            x = MARGIN + (start + len(text) - len(text.lstrip())) * CELL_WIDTH
            y = MARGIN + row * CELL_HEIGHT
            fill = color or FOREGROUND
            if inverse:
                out.append(f'<rect x="{MARGIN + start * CELL_WIDTH:g}" y="{y:g}" width="{size * CELL_WIDTH:g}" '
                           f'height="{CELL_HEIGHT:g}" fill="{fill}"/>')
                fill = BACKGROUND
            style = (' font-weight="bold"' if bold else "") + (' opacity="0.6"' if faint else "")
            out.append(f'<text x="{x:g}" y="{y + 13:g}" fill="{fill}" textLength="{len(body) * CELL_WIDTH:g}" '
                       f'xml:space="preserve"{style}>{html.escape(body)}</text>')
    return "\n".join(out) + "\n</svg>\n"


def screen(seconds, command):
    tmux = ["tmux", "-L", f"images-{time.time_ns()}"]
    subprocess.run([*tmux, "-f", "/dev/null", "new-session", "-d", "-x", str(COLUMNS), "-y", str(ROWS), "-s", "screen",
                    *command], check=True)
    try:
        subprocess.run([*tmux, "set-option", "-t", "screen", "status", "off"], check=True)
        time.sleep(float(seconds))
        text = subprocess.run([*tmux, "capture-pane", "-e", "-p", "-t", "screen"], check=True, capture_output=True, text=True).stdout
    finally:
        subprocess.run([*tmux, "send-keys", "-t", "screen", "C-c"], check=False, capture_output=True)
        time.sleep(5)
        subprocess.run([*tmux, "kill-server"], check=False, capture_output=True)
    lines = text.rstrip("\n").split("\n")
    while lines and not lines[-1].strip():
        lines.pop()
    target = HERE / "live.svg"
    target.write_text(svg(lines))
    print(target, target.stat().st_size)


if len(sys.argv) == 3 and sys.argv[1] == "report":
    report(sys.argv[2])
elif len(sys.argv) > 3 and sys.argv[1] == "screen":
    screen(sys.argv[2], sys.argv[3:])
else:
    sys.exit(__doc__)
