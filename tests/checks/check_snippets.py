#!/usr/bin/env python3
"""Fails when a C++ block in a page is not, word for word, a tagged part of a file that the build compiles.

    check_snippets.py ROOT BUILD

A page writes `<!-- snippet: FILE TAG -->` on the line above the block; FILE has the lines `// [TAG]` and `// [/TAG]`
around the same text. FILE is compiled when it is in BUILD/compile_commands.json. Pages in docs/reference are generated
from what is compiled and are left out.
"""

import pathlib
import re
import sys
import textwrap

from common import compile_entries, files, finish

BLOCK = re.compile(r"(?:^<!-- snippet: (\S+) (\S+) -->\n)?^```(?:cpp|c\+\+|c)\n(.*?)^```", re.S | re.M)


def compiled_files(build):
    """Gets the resolved paths of all files that the build compiles, or None when it does not tell."""
    if not (build / "compile_commands.json").exists():
        return None
    return {pathlib.Path(entry["directory"], entry["file"]).resolve() for entry in compile_entries(build)}


def tagged_part(source, tag):
    """Gets the text between the tag's lines, with its common indent taken away; None when there is no such tag."""
    found = re.search(rf"^[ \t]*// \[{re.escape(tag)}\]\n(.*?)^[ \t]*// \[/{re.escape(tag)}\]", source, re.S | re.M)
    return textwrap.dedent(found.group(1)).strip() if found else None


def finding(root, compiled, name, tag, body):
    """Says what is wrong with one block, or None."""
    if not name:
        return "a C++ block without its line <!-- snippet: FILE TAG -->"
    source = root / name
    if not source.is_file():
        return f"{name} does not exist"
    part = tagged_part(source.read_text(encoding="utf-8"), tag)
    if part is None:
        return f"{name} has no part [{tag}]"
    if part != textwrap.dedent(body).strip():
        return f"differs from {name} [{tag}]"
    if compiled is not None and source.resolve() not in compiled:
        return f"{name} is not compiled by the build"
    return None


def main():
    root, build = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    compiled = compiled_files(build)
    found, count = [], 0
    for page in files(root, {".md"}):
        if page.as_posix().startswith("docs/reference/"):
            continue
        text = (root / page).read_text(encoding="utf-8")
        for block in BLOCK.finditer(text):
            count += 1
            reason = finding(root, compiled, *block.groups())
            if reason:
                found.append(f"{page.as_posix()}:{text.count(chr(10), 0, block.start()) + 1}: {reason}")
    finish(found, f"{count} snippets ok")


if __name__ == "__main__":
    main()
