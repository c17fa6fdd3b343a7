#!/usr/bin/env python3
"""Fails when two files of the host define types of one full name.

Two such types are one to the linker: the destructor of either may be called for both. What is in a nameless namespace, or
inside another type, has no part in this. Tests are left out: each room's are a program of their own.
"""

import collections
import re

from common import files, finish, folders_given

# As clang-format lays them out: what opens and ends a namespace stands at the start of a line.
OPENS = re.compile(r"^(?:inline )?namespace(?: ([\w:]+))? \{")
ENDS = re.compile(r"^\} // namespace")
TYPE = re.compile(r"^(?:struct|class|enum class|union) (\w+)(?: final)?(?: : [^;{]*)? \{")


def types_of(text):
    """Yields (line number, full name) of each type that a file defines in namespaces that have names."""
    spaces = []
    for number, line in enumerate(text.splitlines(), 1):
        if opened := OPENS.match(line):
            spaces.append(opened[1] or "")
        elif ENDS.match(line) and spaces:
            spaces.pop()
        elif (found := TYPE.match(line)) and spaces and "" not in spaces:
            yield number, "::".join([*spaces, found[1]])


def findings(root):
    """Yields what is defined twice."""
    places = collections.defaultdict(list)
    for path in files(root, {".cpp", ".hpp"}):
        if path.parts[0] != "host" or "tests" in path.parts or "fixtures" in path.parts:
            continue
        for number, name in types_of((root / path).read_text(encoding="utf-8")):
            places[name].append((path, number))
    for name, all_of_it in sorted(places.items()):
        if len(all_of_it) > 1:
            (first, first_line), (path, number) = all_of_it[0], all_of_it[1]
            yield f"{path}:{number}: {name} is defined in {first}:{first_line} too; give one of them another name"


if __name__ == "__main__":
    finish(findings(folders_given("ROOT")[0]), "names ok")
