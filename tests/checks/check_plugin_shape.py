#!/usr/bin/env python3
"""Fails when a plugin folder has not the shape that all have.

    plugins/<kebab-name>/  CMakeLists.txt  only mortise_add_plugin(NAME <kebab-name> ...), listing every source
                           README.md       purpose, events, commands, settings, permissions
                           plugin.json     id, version
                           src/plugin.cpp  the only file that names MORTISE_PLUGIN
                           tests/          at least one *_test.cpp
"""

import json
import re

from common import finish, folders_given

SECTIONS = ["events", "commands", "settings", "permissions"]


def cmake_findings(folder):
    """Yields what is wrong with the plugin's CMakeLists.txt."""
    path = folder / "CMakeLists.txt"
    text = re.sub(r"#.*", "", path.read_text()).strip()
    calls = re.findall(r"^\s*(\w+)\s*\(", text, re.M)
    if calls != ["mortise_add_plugin"]:
        yield f"CMakeLists.txt: calls {', '.join(calls) or 'nothing'}; it calls mortise_add_plugin once and nothing else"
        return
    words = set(text.replace("(", " ").replace(")", " ").split())
    if folder.name not in words:
        yield f"CMakeLists.txt: NAME is not {folder.name}"
    for source in sorted([*folder.glob("src/**/*.cpp"), *folder.glob("tests/**/*_test.cpp")]):
        name = source.relative_to(folder).as_posix()
        if name != "src/plugin.cpp" and name not in words:
            yield f"CMakeLists.txt: {name} is not built"


def manifest_findings(folder):
    """Yields what is wrong with the plugin's manifest, as far as the shape of the folder goes."""
    try:
        manifest = json.loads((folder / "plugin.json").read_text())
    except ValueError as error:
        yield f"plugin.json: not JSON: {error}"
        return
    for member in ("id", "version"):
        if not isinstance(manifest.get(member), str):
            yield f"plugin.json: no {member}"
    if not str(manifest.get("id", "")).endswith(folder.name):
        yield f"plugin.json: id {manifest.get('id')} does not end on {folder.name}"


def findings(folder, listed):
    """Yields what is wrong with one plugin folder."""
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", folder.name):
        yield "the folder's name is not kebab-case"
    absent = [w for w in ("CMakeLists.txt", "README.md", "plugin.json", "src/plugin.cpp") if not (folder / w).is_file()]
    yield from (f"no {name}" for name in absent)
    if not list(folder.glob("tests/**/*_test.cpp")):
        yield "no tests/*_test.cpp"
    if "README.md" not in absent:
        words = (folder / "README.md").read_text().lower()
        yield from (f"README.md: nothing about {section}" for section in SECTIONS if section not in words)
    if "CMakeLists.txt" not in absent:
        yield from cmake_findings(folder)
    if "plugin.json" not in absent:
        yield from manifest_findings(folder)
    for source in folder.glob("src/**/*.[ch]pp"):
        if source.name != "plugin.cpp" and "MORTISE_PLUGIN(" in source.read_text():
            yield f"{source.relative_to(folder).as_posix()}: only src/plugin.cpp names MORTISE_PLUGIN"
    if folder.name not in listed:
        yield "not in plugins/CMakeLists.txt"


def main():
    root = folders_given("ROOT")[0] / "plugins"
    listed = set(re.findall(r"[\w-]+", re.sub(r"#.*", "", (root / "CMakeLists.txt").read_text())))
    # Bundles are files of JSON, checked by check_schemas.py and by the host.
    folders = [folder for folder in sorted(root.iterdir()) if folder.is_dir() and folder.name != "bundles"]
    found = [f"plugins/{folder.name}: {finding}" for folder in folders for finding in findings(folder, listed)]
    finish(found, f"{len(folders)} plugin folders ok")


if __name__ == "__main__":
    main()
