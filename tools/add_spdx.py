#!/usr/bin/env python3
# Adds the SPDX line to source files that lack it: python3 tools/add_spdx.py [ROOT]
# The line ends the comment that begins a file, so that line 1 still says what the file is for. A file
# without such a comment begins with it. Running it again changes nothing. The scripts of the report
# page have no line: they are embedded in every report.
import pathlib
import subprocess
import sys

TAG = "SPDX-License-Identifier: Apache-2.0"
MARKS = {".cpp": "//", ".hpp": "//", ".c": "//", ".h": "//", ".in": "//",
         ".sh": "#", ".py": "#", ".awk": "#"}


def comment_end(lines, mark):
    """The index behind the leading comment; 0 if there is none."""
    at = 0
    if mark == "//" and lines and lines[0].startswith("/*"):
        while at < len(lines) and "*/" not in lines[at]:
            at += 1
        return at + 1
    while at < len(lines) and lines[at].startswith(mark):
        at += 1
    return at


def add(path):
    mark = MARKS[path.suffix]
    lines = path.read_text().split("\n")
    if any(TAG in line for line in lines):
        return False
    lines.insert(comment_end(lines, mark), f"{mark} {TAG}")
    path.write_text("\n".join(lines))
    return True


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    names = subprocess.run(["git", "-C", root, "ls-files", "-z"], check=True, capture_output=True,
                           text=True).stdout.split("\0")
    changed = sum(add(root / name) for name in names
                  if name and (root / name).suffix in MARKS and not (root / name).is_symlink() and
                  not name.startswith(("corpora/", "tests/fuzz/seeds/", "tests/reports/golden/")))
    print(f"added to {changed} files")


main()
