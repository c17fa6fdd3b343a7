#!/usr/bin/env python3
"""Fails when a C++ block in a page is not, word for word, a tagged part of a file that the build compiles, or a JSON block
in a guide is no part of a file of ours.

    check_snippets.py ROOT BUILD

A page writes `<!-- snippet: FILE TAG -->` on the line above the block; FILE has the lines `// [TAG]` and `// [/TAG]`
around the same text. FILE is compiled when it is in BUILD/compile_commands.json. Pages in docs/reference are generated
from what is compiled and are left out.

A JSON block in docs/guides has `<!-- json: FILE -->` above it: each of its keys, with its value, stands somewhere in FILE, which
may say more. If FILE is the schema of the manifest, the block is a part of a manifest that fits it.
"""

import json
import pathlib
import re
import textwrap

from common import compile_entries, files, finish, folders_given

JSON_BLOCK = re.compile(r"(?:^<!-- json: (\S+) -->\n)?^```json\n(.*?)^```", re.S | re.M)
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


def parts(node):
    """Gets every object and array in a document."""
    if isinstance(node, dict | list):
        yield node
        for child in node.values() if isinstance(node, dict) else node:
            yield from parts(child)


def lies_in(piece, node):
    """Whether a document says all that a piece of it says; it may say more."""
    if isinstance(piece, dict) and isinstance(node, dict):
        return all(key in node and lies_in(value, node[key]) for key, value in piece.items())
    if isinstance(piece, list) and isinstance(node, list):
        return all(any(lies_in(value, item) for item in node) for value in piece)
    return piece == node


def schema_finding(schema, piece):
    """Says why a piece of a manifest does not fit the schema, or None; also where no validator is installed."""
    try:
        import jsonschema
    except ImportError:
        return None
    keys = {name: part for name, part in schema["properties"].items() if name in piece}
    unknown = piece.keys() - keys.keys()
    if unknown:
        return f"the manifest has no {', '.join(sorted(unknown))}"
    validator = jsonschema.Draft202012Validator({"$defs": schema["$defs"], "properties": keys})
    return next((f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(piece)), None)


def json_finding(root, name, body):
    """Says what is wrong with a JSON block, or None."""
    if not name:
        return "a JSON block without its line <!-- json: FILE -->"
    if not (root / name).is_file():
        return f"{name} does not exist"
    try:
        piece = json.loads(body if body.lstrip().startswith("{") else "{" + body + "}")
    except ValueError as error:
        return f"not JSON: {error}"
    document = json.loads((root / name).read_text(encoding="utf-8"))
    if "$schema" in document and "$defs" in document:
        return schema_finding(document, piece)
    if any(lies_in(piece, node) for node in parts(document)):
        return None
    return f"{name} says nothing like it"


def main():
    root, build = folders_given("ROOT", "BUILD")
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
        for block in JSON_BLOCK.finditer(text) if page.as_posix().startswith("docs/guides/") else []:
            count += 1
            if reason := json_finding(root, *block.groups()):
                found.append(f"{page.as_posix()}:{text.count(chr(10), 0, block.start()) + 1}: {reason}")
    finish(found, f"{count} snippets ok")


if __name__ == "__main__":
    main()
