#!/usr/bin/env python3
"""Runs clang-tidy on the C++ files that a change touches; fails on any finding.

    check_tidy.py ROOT BUILD [--all] [--budget SECONDS] [--base COMMIT]

With --all, sources that MORTISE_UNITY compiles together are linted together too: most of the time goes into what they include.

Touched means: differs from the base. The base is --base or $MORTISE_TIDY_BASE, otherwise where the branch left
origin/main, otherwise (on main itself) the last tag or the commit before. A header is checked through the files that include it first.
Only code that ships is linted: nothing in a folder named tests.
Results are remembered in BUILD/tidy by the content of a file and of all it includes, so a second run is quick. When
the budget is used up the rest is named and left to `./test --long`.
"""

import argparse
import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import time

from common import compile_entries, finish, is_joined, joined_sources, missing, skip

LINTER = "clang-tidy-19"
ONLY_OF_GCC = {"-fno-gnu-unique"}  # clang refuses what it does not know
JOINED = ["--checks=-bugprone-suspicious-include"]  # what joins sources includes them
QUIET = [
    "--extra-arg=-Wno-unknown-warning-option",
    "--extra-arg=-Wno-unused-command-line-argument",
    "--extra-arg=-Wno-deprecated-declarations",  # std::stable_sort of GCC 12 uses one; of ours GCC warns
]


def git(root, *arguments):
    """Gets what git prints, or None when it fails."""
    run = subprocess.run(
        ["git", "-c", "safe.directory=*", "-C", root, *arguments], capture_output=True, text=True, check=False
    )
    return run.stdout.strip() if run.returncode == 0 else None


def base_of(root):
    """Gets the commit that changes are counted from, or None."""
    head = git(root, "rev-parse", "HEAD")
    for remote in ("origin/main", "main"):
        base = git(root, "merge-base", "HEAD", remote)
        if base and base != head:
            return base
    return git(root, "describe", "--tags", "--abbrev=0", "HEAD^") or git(root, "rev-parse", "--verify", "HEAD^")


def changed_files(root, base):
    """Gets the paths that differ between the base and the work tree, new files included."""
    listed = (git(root, "diff", "--name-only", "--diff-filter=d", base) or "").splitlines()
    return set(listed) | set((git(root, "ls-files", "--others", "--exclude-standard") or "").splitlines())


class Unit:
    """One translation unit of the build, with the command that compiles it."""

    def __init__(self, root, entry):
        self.path = pathlib.Path(entry["directory"], entry["file"]).resolve()
        self.name = self.path.relative_to(root).as_posix() if self.path.is_relative_to(root) else None
        self.is_joined = is_joined(self.path)
        self.directory = entry["directory"]
        command = shlex.split(entry["command"]) if "command" in entry else entry["arguments"]
        self.command = [part for part in command if part not in ONLY_OF_GCC]
        self.entry = {"directory": entry["directory"], "file": entry["file"], "arguments": self.command}

    def dependencies(self):
        """Gets the files that the unit reads, itself included, as the compiler tells."""
        command = [part for part in self.command if part not in ("-c", "-MD")]
        for option in ("-o", "-MF", "-MT"):
            if option in command:
                at = command.index(option)
                del command[at : at + 2]
        run = subprocess.run([*command, "-MM"], cwd=self.directory, capture_output=True, text=True, check=False)
        names = run.stdout.replace("\\\n", " ").split()[1:] if run.returncode == 0 else [str(self.path)]
        return sorted({pathlib.Path(self.directory, name).resolve() for name in names})

    def first_include(self):
        """Gets the header that the unit includes first: its own."""
        found = re.search(r'^\s*#\s*include\s*[<"]([^>"]+)', self.path.read_text(encoding="utf-8"), re.M)
        return found.group(1) if found else None

    def digest(self, root):
        """Gets a digest of all that decides the result."""
        hashed = hashlib.sha256((root / ".clang-tidy").read_bytes() + " ".join(self.command).encode())
        for path in self.dependencies():
            hashed.update(path.read_bytes())
        return hashed.hexdigest()

    def lint(self, build):
        """Gets the findings of clang-tidy as text, empty when there are none."""
        command = [LINTER, "--quiet", "-p", build, *QUIET, *(JOINED if self.is_joined else []), self.path]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        return run.stdout + run.stderr if run.returncode else ""

    def ships(self, build):
        """Tells whether the unit, or what is joined in it, is code that ships."""
        if self.is_joined:
            return all("tests" not in pathlib.Path(source).parts[:-1] for source in joined_sources(self.path))
        is_test = not self.name or "tests" in self.name.split("/")[:-1] or self.path.is_relative_to(build)
        return not is_test and self.path.suffix == ".cpp"


def units_to_check(root, build, changed):
    """Gets the units of the build that are changed or whose own header is; all when `changed` is None."""
    units = {}
    for entry in compile_entries(build, apart=changed is not None):
        unit = Unit(root, entry)
        if unit.ships(build):
            units.setdefault(unit.name, unit)
    if changed is None:
        return list(units.values())
    headers = tuple(name for name in changed if name.endswith((".h", ".hpp")))

    def touched(unit):
        own = unit.first_include()
        return unit.name in changed or any(own and f"/{header}".endswith(f"/{own}") for header in headers)

    return [unit for unit in units.values() if touched(unit)]


def distinct(texts):
    """Gets each finding once, with the lines that explain it: headers are seen by many units."""
    found = {}
    for text in texts:
        for finding in re.split(r"^(?=\S+:\d+:\d+: (?:error|warning):)", text, flags=re.M):
            if re.match(r"\S+:\d+:\d+:", finding):
                found.setdefault(finding.split("\n", 1)[0], re.sub(r"^\d+ warnings? .*\n?", "", finding, flags=re.M).strip())
            elif "error" in finding:
                found.setdefault(finding, finding.strip())
    return list(found.values())


def check(root, build, units, budget):
    """Lints the units within the budget; gets the findings and the units there was no time for."""
    memory = build / "tidy"
    memory.mkdir(exist_ok=True)
    (memory / "compile_commands.json").write_text(json.dumps([unit.entry for unit in units]))
    deadline = time.monotonic() + budget if budget else None

    def one(unit):
        remembered = memory / unit.digest(root)
        if remembered.exists():
            return unit, ""
        if deadline and time.monotonic() > deadline:
            return unit, None
        text = unit.lint(memory)
        if not text:
            remembered.touch()
        return unit, text

    with concurrent.futures.ThreadPoolExecutor(int(os.environ.get("MORTISE_JOBS", os.cpu_count()))) as pool:
        results = list(pool.map(one, units))
    findings = distinct(text for _, text in results if text)
    return findings, [unit.name for unit, text in results if text is None]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("root", type=lambda text: pathlib.Path(text).resolve())
    parser.add_argument("build", type=lambda text: pathlib.Path(text).resolve())
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--budget", type=float)
    parser.add_argument("--base", default=os.environ.get("MORTISE_TIDY_BASE"))
    options = parser.parse_args()

    if not shutil.which(LINTER):
        missing(LINTER)
    if not (options.build / "compile_commands.json").exists():
        skip(f"no compile_commands.json in {options.build}")
    changed = None
    if not options.all:
        base = options.base or base_of(options.root)
        if not base:
            skip("no base is known to tell what changed; ./test --long checks all files")
        changed = changed_files(options.root, base)
    units = units_to_check(options.root, options.build, changed)
    findings, left = check(options.root, options.build, units, options.budget)
    if left:
        print(f"no time left for {len(left)} of {len(units)} files (./test --long checks them): {' '.join(left)}")
    finish(findings, f"{len(units) - len(left)} files linted")


if __name__ == "__main__":
    main()
