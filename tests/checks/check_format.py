#!/usr/bin/env python3
"""Fails when a C++ file is not formatted as .clang-format says. Remedy: clang-format-19 -i FILE."""

import concurrent.futures
import os
import re
import shutil
import subprocess

from common import cxx_files, finish, folders_given, missing

FORMATTER = "clang-format-19"
BATCH = 40


def findings(root, names):
    """Gets one finding for each file of the batch that the formatter would change."""
    run = subprocess.run(
        [FORMATTER, "--dry-run", "--ferror-limit=1", *names], cwd=root, capture_output=True, text=True, check=False
    )
    hits = re.findall(r"^(.+?):(\d+):\d+: (?:warning|error): code should be clang-formatted", run.stderr, re.M)
    found = {name: f"{name}:{number}: not formatted; run {FORMATTER} -i {name}" for name, number in reversed(hits)}
    if run.returncode and not found:
        return [f"{FORMATTER} failed: {run.stderr.strip()[:400]}"]
    return list(found.values())


def main():
    root = folders_given("ROOT")[0]
    if not shutil.which(FORMATTER):
        missing(FORMATTER)
    names = [name.as_posix() for name in cxx_files(root)]
    batches = [names[at : at + BATCH] for at in range(0, len(names), BATCH)]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        found = [finding for batch in pool.map(lambda some: findings(root, some), batches) for finding in batch]
    finish(sorted(found), f"{len(names)} files formatted")


if __name__ == "__main__":
    main()
