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


def is_joined(path):
    """Tells whether a file is one in which MORTISE_UNITY joins sources."""
    return path.parent.name == "Unity" and path.name.startswith("unity_")


def joined_sources(path):
    """Gets the paths of the sources that such a file joins."""
    return re.findall(r'^#include "(.+)"$', path.read_text(encoding="utf-8"), re.M)


def compile_entries(build, apart=True):
    """Gets the entries of BUILD/compile_commands.json; `apart`: one for each source, also of those that are joined."""
    entries = []
    for entry in json.loads((build / "compile_commands.json").read_text()):
        joined = pathlib.Path(entry["directory"], entry["file"])
        if not apart or not is_joined(joined):
            entries.append(entry)
            continue
        for source in joined_sources(joined):
            command = entry["command"].replace(f"-c {entry['file']}", f"-c {source}")
            entries.append({"directory": entry["directory"], "file": source, "command": command})
    return entries


def lines(path):
    """Gets the numbered lines of a text file, counted from 1."""
    return enumerate(path.read_text(encoding="utf-8").splitlines(), 1)


def folders_given(*names):
    """Gets the folders that the program was called with, one for each of `names`; ends it if there are not as many."""
    given = sys.argv[1:]
    if len(given) != len(names) or not pathlib.Path(given[0]).is_dir():
        print(f"usage: {sys.argv[0]} {' '.join(names)}", file=sys.stderr)
        sys.exit(2)
    return [pathlib.Path(folder) for folder in given]


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


def missing(tool):
    """Skips the check, or fails it where nothing may be left out (MORTISE_REQUIRE_TOOLS, as in .ci/run)."""
    if not os.environ.get("MORTISE_REQUIRE_TOOLS"):
        skip(f"{tool} is not installed")
    print(f"{tool} is not installed, and MORTISE_REQUIRE_TOOLS is set: tools/install_packages.sh test installs it")
    sys.exit(1)
