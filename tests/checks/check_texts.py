#!/usr/bin/env python3
"""Fails on words that do not belong into the repository, on files that grew too long, and on dead links in pages.

Long files that have a reason are listed in long_files.txt beside this program: `path  reason`.
"""

import re
import urllib.parse

from common import files, finish, folders_given

MAX_LINES = 500
# Written in pieces, so that this file does not find itself.
FORBIDDEN = [
    (re.compile(r"(?<![\w.])/(?:wo" r"rk|ro" r"ot|fa" r"rm)/"), "a path of one machine"),
    (re.compile(r"\b(?:deb|security|snapshot)\.deb" r"ian\.org|registry\.np" r"mjs\.org|pypi\.(?:org|python\.org)"), "a registry's host name"),
    (re.compile(r"\b(?:TO" r"DO|FIX" r"ME)\b"), "something left to do"),
    (re.compile(r"^(?:<{7}|={7}|>{7})(?: |$)"), "a merge conflict"),
]
TEXT_SUFFIXES = {
    "", ".c", ".h", ".cpp", ".hpp", ".py", ".sh", ".cmake", ".txt", ".md", ".json", ".toml", ".in", ".sql", ".service",
}  # fmt: skip
LENGTH_SUFFIXES = {".c", ".h", ".cpp", ".hpp", ".py", ".sh", ".cmake"}
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")


def anchors(text):
    """Gets the anchors of a page's headings, in the form that code hosts give them."""
    for heading in re.findall(r"^#{1,6}\s+(.*)$", re.sub(r"^```.*?^```", "", text, flags=re.S | re.M), re.M):
        plain = re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
        yield re.sub(r"\s", "-", re.sub(r"[^\w\s-]", "", plain))


def link_findings(root, path, text):
    """Yields the dead links of a page."""
    prose = re.sub(r"^```.*?^```", lambda m: "\n" * m.group().count("\n"), text, flags=re.S | re.M)
    for found in LINK.finditer(prose):
        target = urllib.parse.unquote(found.group(1) or found.group(2))
        if re.match(r"[a-z]+:", target):
            continue
        where = f"{path.as_posix()}:{prose.count(chr(10), 0, found.start()) + 1}"
        name, _, anchor = target.partition("#")
        file = (root / path.parent / name) if name else root / path
        if not file.exists():
            yield f"{where}: dead link {target}"
        elif anchor and file.suffix == ".md" and anchor not in anchors(file.read_text(encoding="utf-8")):
            yield f"{where}: no heading #{anchor} in {name or path.name}"


def word_findings(path, text):
    """Yields the lines that hold what must not be there."""
    for number, line in enumerate(text.splitlines(), 1):
        for pattern, what in FORBIDDEN:
            if pattern.search(line):
                yield f"{path.as_posix()}:{number}: {what}: {line.strip()[:80]}"


def long_files(root):
    """Gets the files that may be long, with their reasons."""
    listed = root / "tests/checks/long_files.txt"
    entries = listed.read_text().splitlines() if listed.exists() else []
    return dict(entry.split(None, 1) for entry in entries if entry.strip() and not entry.startswith("#"))


def main():
    root = folders_given("ROOT")[0]
    allowed = long_files(root)
    found, count = [], 0
    for path in files(root, TEXT_SUFFIXES):
        try:
            text = (root / path).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # test data in another encoding
        count += 1
        found += word_findings(path, text)
        length = text.count("\n")
        if path.suffix in LENGTH_SUFFIXES and length > MAX_LINES and path.as_posix() not in allowed:
            found.append(f"{path.as_posix()}: {length} lines; split it, or give the reason in tests/checks/long_files.txt")
        if path.suffix == ".md":
            found += link_findings(root, path, text)
    found += [f"tests/checks/long_files.txt: {name} is not there" for name in allowed if not (root / name).exists()]
    finish(found, f"{count} files ok")


if __name__ == "__main__":
    main()
