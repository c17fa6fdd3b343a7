"""What the checks share: which files there are, how findings are told, how a skip is told.

A check is a program `check_<name>.py ROOT [options]`. It prints one finding a line, `path:line: what is wrong`, and
exits 0 when there is none, 1 when there are some, and SKIPPED (with the reason) when it cannot tell.
"""

import json
import os
import pathlib
import re
import subprocess
import sys

SKIPPED = 77
CXX_SUFFIXES = {".c", ".h", ".cpp", ".hpp"}
_IGNORED_FOLDERS = {".git", ".cache", "build", "demo", "__pycache__"}


def files(root, suffixes=None):
    """Gets the project's files as sorted pathlib paths relative to `root`: what git knows or would add."""
    root = pathlib.Path(root)
    listing = subprocess.run(
        ["git", "-c", "safe.directory=*", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True,
        check=False,
        env={**os.environ, "GIT_CEILING_DIRECTORIES": str(root.resolve().parent)},
    )
    if listing.returncode == 0:
        names = [pathlib.Path(name) for name in listing.stdout.decode().split("\0") if name]
    else:  # an exported tree without history
        names = [path.relative_to(root) for path in root.rglob("*")]
        names = [name for name in names if not _IGNORED_FOLDERS & set(name.parts[:1] + name.parts[-2:-1])]
    return sorted(n for n in set(names) if (not suffixes or n.suffix in suffixes) and (root / n).is_file())


def cxx_files(root):
    """Gets the project's C and C++ files."""
    return files(root, CXX_SUFFIXES)


def compile_entries(build):
    """Gets the entries of BUILD/compile_commands.json, one for each source. What MORTISE_UNITY joins is told apart again."""
    entries = []
    for entry in json.loads((build / "compile_commands.json").read_text()):
        joined = pathlib.Path(entry["directory"], entry["file"])
        if joined.parent.name != "Unity" or not joined.name.startswith("unity_"):
            entries.append(entry)
            continue
        for source in re.findall(r'^#include "(.+)"$', joined.read_text(encoding="utf-8"), re.M):
            command = entry["command"].replace(f"-c {entry['file']}", f"-c {source}")
            entries.append({"directory": entry["directory"], "file": source, "command": command})
    return entries


def lines(path):
    """Gets the numbered lines of a text file, counted from 1."""
    return enumerate(path.read_text(encoding="utf-8").splitlines(), 1)


def finish(findings, what_is_fine):
    """Prints the findings, or that all is fine, and ends the program."""
    findings = list(findings)
    for finding in findings:
        print(finding)
    print(f"{len(findings)} findings" if findings else what_is_fine)
    sys.exit(1 if findings else 0)


def skip(reason):
    """Ends the program; ctest shows the check as skipped."""
    print(f"skipped: {reason}")
    sys.exit(SKIPPED)
