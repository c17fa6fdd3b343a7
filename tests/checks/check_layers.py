#!/usr/bin/env python3
"""Fails when a folder includes a header, or a room of the host links a room, that its layer may not see, or when a
room has a file that is not built.

The table is layers.py and the rules `may_include`; docs/architecture.md gives the reasons.
"""

import pathlib
import re

from common import cxx_files, finish, folders_given, lines
from layers import C_STANDARD, CXX_STANDARD, ROOMS, SYSTEM, SYSTEM_PREFIXES, TEST_ONLY, THIRD_PARTY

INCLUDE = re.compile(r'\s*#\s*include\s*([<"])([^>"]+)[>"]')


def within(path, folder):
    """Tells whether the relative path lies in the folder."""
    return path == folder or path.startswith(folder + "/")


def is_test(path):
    """Tells whether the path lies in a folder of tests."""
    return "tests" in path.split("/")[:-1]


def layer_of(path):
    """Gets the layer that a file of the project belongs to."""
    parts = path.split("/")
    if within(path, "sdk/include/mortise/abi"):
        return "abi"
    if within(path, "sdk/include"):
        return "layer"
    if within(path, "host/control/include"):
        return "mortise/control"
    if within(path, "host/plugins/generated"):
        return "checked tables"
    if within(path, "host/plugins/package"):
        return "packages"
    if parts[0] == "sdk":
        return "/".join(parts[:2]) if len(parts) > 2 else "sdk"
    if parts[0] in ("host", "plugins", "templates") and len(parts) > 2:
        return "/".join(parts[:2])
    return parts[0]


def layer_of_header(name, kind, source, root):
    """Gets the layer that an include belongs to, or None when it is not one of the project's headers."""
    if kind == '"':
        bases = [pathlib.Path(source).parent.as_posix(), "."]
        top = source.split("/")
        bases += ["host"] if top[0] in ("host", "tests", "sdk") else []
        bases += ["/".join(top[:2]) + "/src", "/".join(top[:2])] if top[0] in ("plugins", "templates") else []
        bases += ["admin-ui/src"] if top[0] == "admin-ui" else []
        bases += [pathlib.Path(source).parents[1].as_posix() + "/src"] if top[0] == "tests" else []  # a plugin of docs
        bases += ["/".join(top[:2]), top[0]]
        for base in bases:
            if (root / base / name).is_file():
                return layer_of(pathlib.PurePosixPath(base, name).as_posix())
        if top[0] in ("host", "sdk", "tests") and name.split("/")[0] in ROOMS:
            return layer_of(f"host/{name}")  # made by the build
    if name.startswith("mortise/abi/"):
        return "abi"
    if name.startswith("mortise/testkit"):
        return "sdk/testkit"
    if name.startswith(("mortise/control/", "mortise/ui/")):
        return "/".join(name.split("/")[:2])
    if name.startswith("mortise/"):
        return "layer"
    return None


def may_include(source, target):
    """Tells whether a file may include a header of the layer `target`."""
    own = layer_of(source)
    if own == target:
        return True
    if own == "abi":
        return False
    if own == "layer":
        return target == "abi"
    if target == "checked tables":  # the contract once more, as the host's checks see it
        return own in ("host/plugins", "host/app", "sdk/tests", "sdk/testkit", "sdk/check", "tests")
    if target == "packages":  # read by the host, made by the vendor's tool
        return own in ("host/plugins", "host/bundles", "host/control", "host/app", "sdk/tools", "tests")
    if own == "packages":
        return target in ("abi", "layer", "host/base")
    if own == "checked tables":
        return target in ("abi", "layer", "host/plugins")
    if own == "mortise/control":
        return target in ("abi", "layer")  # what a console compiles against
    if own.startswith("host/"):
        if target in ("abi", "layer"):
            return True
        if target == "mortise/control":
            target = "host/control"
            if own == target:
                return True
        room, other = own.split("/")[1], target.split("/")[-1]
        return target.startswith("host/") and room in ROOMS and other in ROOMS and ROOMS.index(other) < ROOMS.index(room)
    if own.startswith(("plugins/", "templates/")):
        if target == "sdk/testkit":
            return is_test(source)
        return target == "layer" or (target == "abi" and source.endswith((".c", ".h")))
    if within(source, "sdk/testkit/include"):
        return target in ("abi", "layer")
    if own in ("sdk/testkit", "sdk/check"):
        return target in ("abi", "layer", "sdk/testkit") or target.startswith("host/")
    if own == "sdk/tools" and target in ("host/base", "host/plugins", "host/control", "mortise/control", "sdk/check"):
        return True  # the vendor's tool reads manifests and packages as the host does
    if own.startswith("sdk/"):
        return target in ("abi", "layer", "sdk/testkit")
    if own == "admin-ui":
        return target in ("layer", "mortise/control", "mortise/ui")
    return own == "tests"


def foreign_finding(source, name, kind):
    """Says why a file may not include a header from outside the project; None when it may."""
    own = layer_of(source)
    if own == "abi":
        return None if name in C_STANDARD else "the C ABI includes the C standard library and nothing else"
    if name in C_STANDARD or name in CXX_STANDARD:
        return None
    if own == "layer" or within(source, "sdk/testkit/include"):
        return "public headers of the SDK include the standard library and nothing else"
    if name.startswith(TEST_ONLY):
        return None if is_test(source) else "test frameworks belong in a folder named tests"
    if name in SYSTEM or name.startswith(SYSTEM_PREFIXES):
        return None
    for prefix, library, users in THIRD_PARTY:
        if name.startswith(prefix):
            allowed = any(within(source, user) for user in users)
            return None if allowed else f"{library} may be used by {', '.join(sorted(users))} only"
    if own.startswith(("plugins/", "templates/")):
        # What a plugin needs, privately.
        return "names no file that this folder may see" if kind == '"' else None
    return "unknown header: list its library in tests/checks/layers.py and docs/dependencies.md, or name the file from its root"


def include_findings(root):
    """Yields what is wrong with the includes of all files."""
    for path in cxx_files(root):
        source = path.as_posix()
        for number, line in lines(root / path):
            found = INCLUDE.match(line)
            if not found:
                continue
            kind, name = found.groups()
            where = f"{source}:{number}"
            if ".." in name.split("/"):
                yield f"{where}: {name}: no '..' in an include"
                continue
            target = layer_of_header(name, kind, source, root)
            if target is None:
                reason = foreign_finding(source, name, kind)
                if reason:
                    yield f"{where}: {name}: {reason}"
            elif not may_include(source, target):
                yield f"{where}: {layer_of(source)} may not include {name} ({target})"


def room_findings(root):
    """Yields rooms of the host that link a room which is not below them, or that are not in the table."""
    for path in sorted((root / "host").glob("*/CMakeLists.txt")):
        room = path.parent.name
        if room not in ROOMS:
            yield f"host/{room}: not a room in tests/checks/layers.py"
            continue
        text = re.sub(r"#.*", "", path.read_text())
        for call in re.findall(r"mortise_host_room\s*\((.*?)\)", text, re.S):
            used = re.search(r"\bUSES\b(.*?)(?:\b(?:SOURCES|LIBRARIES|TESTS)\b|$)", call, re.S)
            for other in used.group(1).split() if used else []:
                if other not in ROOMS[: ROOMS.index(room)]:
                    yield f"host/{room}/CMakeLists.txt: {room} may not use {other}"


def unbuilt_findings(root):
    """Yields files of rooms of the host that no CMakeLists.txt of their folder, or of one above it, names."""
    host = root / "host"
    named = {path.parent: set(re.sub(r"#.*|[()\"]", " ", path.read_text()).split()) for path in host.rglob("CMakeLists.txt")}
    for path in sorted([*host.rglob("*.cpp")]):
        if "fixtures" in path.parts:
            continue
        above = [folder for folder in path.parents if folder in named and folder != host]
        if above and not any(path.relative_to(folder).as_posix() in named[folder] for folder in above):
            name = path.relative_to(above[0]).as_posix()
            kind = "TESTS" if is_test(path.relative_to(root).as_posix()) else "SOURCES"
            yield f"{path.relative_to(root).as_posix()}: is not built: add {name} to {kind} in {above[0].relative_to(root).as_posix()}/CMakeLists.txt"


def main():
    root = folders_given("ROOT")[0]
    finish([*include_findings(root), *room_findings(root), *unbuilt_findings(root)], "layers ok")


if __name__ == "__main__":
    main()
