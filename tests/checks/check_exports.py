#!/usr/bin/env python3
"""Fails when a plugin binary shows or needs what the contract does not allow.

    check_exports.py ROOT FOLDER   reads every .so below FOLDER

A plugin exports mortise_plugin_open_v1 and nothing else, holds no symbol that would pin it in memory
(STB_GNU_UNIQUE), needs no relocation of its code (TEXTREL), and takes every symbol from a library it names: none from
the host, none from a library that may exist only once in a process.
"""

import re
import subprocess

from common import finish, folders_given

ENTRY = "mortise_plugin_open_v1"
FORBIDDEN_LIBRARIES = ("libsqlite3", "libSQLiteCpp", "libmortise")


def output(*command):
    """Gets what a command prints; fails loudly when it fails."""
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def dynamic_symbols(library):
    """Gets the dynamic symbols as (name, binding, is defined, has version) tuples."""
    for line in output("readelf", "--wide", "--dyn-syms", library).splitlines():
        fields = line.split()
        if len(fields) < 8 or not fields[0].rstrip(":").isdigit():
            continue
        binding, section, name = fields[4], fields[6], fields[7]
        yield name.split("@")[0], binding, section != "UND", "@" in name


def needed_files(library):
    """Gets the paths of the libraries that the dynamic linker would map beside this one."""
    return re.findall(r"=> (/\S+)", subprocess.run(["ldd", library], capture_output=True, text=True, check=False).stdout)


def exported_by(libraries):
    """Gets the names that the libraries define."""
    return {name for library in libraries for name, _, defined, _ in dynamic_symbols(library) if defined}


def findings(library):
    """Yields what is wrong with one plugin binary."""
    symbols = list(dynamic_symbols(library))
    exports = {name for name, binding, defined, _ in symbols if defined and binding != "LOCAL"}
    if exports != {ENTRY}:
        extra, absent = sorted(exports - {ENTRY}), sorted({ENTRY} - exports)
        yield f"exports {', '.join(extra[:5]) or 'nothing'}" + (f", but not {absent[0]}" if absent else f" beside {ENTRY}")
    yield from (f"unique symbol {name} keeps it in memory: build with -fno-gnu-unique" for name, b, _, _ in symbols if b == "UNIQUE")

    dynamic = output("readelf", "--wide", "--dynamic", library)
    if "(TEXTREL)" in dynamic or re.search(r"\(FLAGS\).*TEXTREL", dynamic):
        yield "has relocations in its code (TEXTREL): build with -fPIC"
    for name in re.findall(r"\(NEEDED\).*\[(.*)\]", dynamic):
        if name.startswith(FORBIDDEN_LIBRARIES):
            yield f"needs {name}, which a plugin may not bring into the host"

    wanted = [name for name, binding, defined, versioned in symbols if not defined and binding == "GLOBAL" and not versioned]
    known = exported_by(needed_files(library)) if wanted else set()
    yield from (f"needs {name}, which no library that it names defines" for name in wanted if name not in known)


def main():
    root, folder = folders_given("ROOT", "PLUGINS")
    libraries = sorted(folder.rglob("*.so"))
    declared = sorted((root / "plugins").glob("*/plugin.json"))
    found = [f"{library.name}: {finding}" for library in libraries for finding in findings(library)]
    if len(libraries) < len(declared):
        targets = " ".join(f"mortise_plugin_{path.parent.name}" for path in declared)
        found.append(f"{folder}: {len(libraries)} binaries for {len(declared)} plugins: build them all, the targets are {targets}")
    finish(found, f"{len(libraries)} plugin binaries ok")


if __name__ == "__main__":
    main()
