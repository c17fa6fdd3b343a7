#!/usr/bin/env python3
"""Sorts the sources of each target into groups that are compiled as one file each (tools/cmake/Unity.cmake).

    unity_groups.py ROOT SIZE TARGETS OUTPUT

TARGETS has a line "TARGET|FILE|FILE..." for each target. OUTPUT becomes CMake text that gives each file its UNITY_GROUP;
files without one are compiled alone. A group has at most SIZE files, and compiling them together must not change what they
mean:

- No two have a private name in common (of an unnamed namespace, `static`, or a macro): in one file it would be one name.
- Where a private function or constant has the name of something in a header, no other file of the group says that name, so
  that nobody calls the one in place of the other.
- A private type, or one that is imported by `using`, with the name of one in a header makes its file stand alone: headers that come
  after it would be unsure.
- All have the same `using namespace`.
"""

import collections
import pathlib
import re
import sys

TYPE = re.compile(r"^(?:template ?<.*> ?)?(?:(?:class|struct|union|enum class|enum|concept) (?:\[\[\w+\]\] )?(\w+)|using (\w+) =)")
NAME = re.compile(r"(?<![\w:])(~?[A-Za-z_]\w*)(?=(?:\(|\{|\[|;| =|\)?$))")
IMPORT = re.compile(r"^using [\w:]+::([A-Z]\w*);", re.M)
MACRO = re.compile(r"^#\s*define\s+(\w+)", re.M)
TESTS = re.compile(r"^[A-Z][A-Z0-9_]+\(")  # TEST_F(...), INSTANTIATE_TEST_SUITE_P(...)
DIRECTIVE = re.compile(r"^using namespace [\w:]+;", re.M)


WORD = re.compile(r"\b[A-Za-z_]\w*")


def type_name(line):
    """Gets the name of the type that a line declares, or None."""
    found = TYPE.match(line)
    return found.group(1) or found.group(2) if found else None


def name_of(line):
    """Gets the name that a line declares which begins at the margin, or None."""
    if not line or not (line[0].isalpha() or line[0] == "_") or line.startswith(("namespace ", "template", "return")):
        return type_name(line) if line.startswith("template") else None
    if TESTS.match(line):
        return None
    found = NAME.search(line)
    return type_name(line) or (found.group(1) if found else None)


def private_names(text):
    """Gets the names that a source has for itself, and the types that have one here only: its own and what it imports."""
    names, types = set(MACRO.findall(text)), set()
    hidden = False
    for line in text.splitlines():
        if line == "namespace {":
            hidden = True
        elif line.startswith("} // namespace") and line.strip() == "} // namespace":
            hidden = False
        elif hidden or line.startswith("static "):
            names.add(name_of(line.removeprefix("static ")))
            types.add(type_name(line))
    return names - {None}, types - {None} | set(IMPORT.findall(text))


def public_names(root, folders):
    """Gets the names that the headers of the folders declare at their margin."""
    names = set()
    for folder in folders:
        for header in sorted((root / folder).rglob("*.h*")):
            names.update(name_of(line) for line in header.read_text(encoding="utf-8").splitlines())
    return names - {None}


def house_of(name):
    """Gets the folders whose headers a source can see, as far as they declare names that could be mistaken."""
    parts = pathlib.PurePath(name).parts
    if parts[0] == "plugins":
        return ("sdk/include", "/".join(parts[:2]))
    if parts[0] == "admin-ui":
        return ("sdk/include", "host/control/include", "admin-ui")
    return ("sdk", "host") if parts[0] in ("sdk", "host") else ("sdk", "host", "/".join(parts[:2]))


class Source:
    """One file of a target."""

    def __init__(self, root, path, seen):
        self.path = path
        text = path.read_text(encoding="utf-8")
        self.names, types = private_names(text)
        self.words = set(WORD.findall(text))
        self.directives = frozenset(DIRECTIVE.findall(text))
        house = house_of(path.relative_to(root).as_posix())
        if house not in seen:
            seen[house] = public_names(root, house)
        self.doubtful = self.names & seen[house]
        self.alone = not types.isdisjoint(seen[house])

    def fits(self, other):
        """Tells whether both mean in one file what they mean in two."""
        return (
            self.directives == other.directives
            and self.names.isdisjoint(other.names)
            and self.doubtful.isdisjoint(other.words)
            and other.doubtful.isdisjoint(self.words)
        )


def groups_of(sources, size):
    """Gets the groups, filled in the order of the sources: each goes into the first that has room and fits."""
    groups = []
    for source in sources:
        if source.alone:
            continue
        for group in groups:
            if len(group) < size and all(source.fits(other) for other in group):
                group.append(source)
                break
        else:
            groups.append([source])
    return [group for group in groups if len(group) > 1]


def main():
    root, size, targets, output = pathlib.Path(sys.argv[1]), int(sys.argv[2]), pathlib.Path(sys.argv[3]), pathlib.Path(sys.argv[4])
    seen, lines, counts = {}, [], collections.Counter()
    for line in targets.read_text(encoding="utf-8").splitlines():
        target, *files = line.split("|")
        paths = [pathlib.Path(file) for file in files]
        sources = [Source(root, path, seen) for path in paths if path.suffix == ".cpp" and path.is_relative_to(root)]
        counts["alone"] += sum(source.alone for source in sources)
        counts["files"] += len(sources)
        for number, group in enumerate(groups_of(sources, size)):
            counts["groups"] += 1
            counts["grouped"] += len(group)
            names = " ".join(f'"{source.path.as_posix()}"' for source in group)
            lines.append(
                f"set_source_files_properties({names} TARGET_DIRECTORY {target} PROPERTIES UNITY_GROUP {target}_{number})\n"
            )
    output.write_text("".join(lines), encoding="utf-8")
    print(f"{counts['grouped']} of {counts['files']} files in {counts['groups']} groups; {counts['alone']} stand alone for a name")


if __name__ == "__main__":
    main()
