#!/usr/bin/env python3
"""Fails when a published JSON Schema is not one (draft 2020-12), when a manifest or bundle of ours does not fit its schema,
or when a view or report of our plugins names a command that none of them declares.

The host has a validator of its own; this is an independent one (python3-jsonschema).
"""

import json

from common import files, finish, folders_given, missing

MANIFEST_SCHEMA = "sdk/schemas/plugin.schema.json"
BUNDLE_SCHEMA = "sdk/schemas/bundle.schema.json"


def parsed(path, found, root):
    """Gets the JSON of a file, or None after a finding."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        found.append(f"{path.relative_to(root).as_posix()}: not JSON: {error}")
        return None


def commands_named(json_value, place):
    """Yields place and name of each command that a part of a manifest names."""
    if isinstance(json_value, dict):
        for key, value in json_value.items():
            if key == "command" and isinstance(value, str):
                yield f"{place}.command", value
            else:
                yield from commands_named(value, f"{place}.{key}")
    elif isinstance(json_value, list):
        for index, value in enumerate(json_value):
            yield from commands_named(value, f"{place}[{index}]")


def command_findings(root):
    """Yields commands that views and reports of our plugins name and that none of them declares."""
    manifests = {path: json.loads(path.read_text()) for path in sorted((root / "plugins").glob("*/plugin.json"))}
    declared = {command["name"] for manifest in manifests.values() for command in manifest.get("commands", [])}
    for path, manifest in manifests.items():
        for part in ("views", "reports"):
            for place, name in commands_named(manifest.get(part, []), f"$.{part}"):
                if name not in declared:
                    yield f"{path.relative_to(root).as_posix()}: {place}: no plugin of ours declares {name}"


def main():
    root = folders_given("ROOT")[0]
    try:
        import jsonschema
    except ImportError:
        missing("python3-jsonschema")
    found, count = [], 0
    for path in sorted((root / "sdk/schemas").glob("*.json")):
        schema = parsed(path, found, root)
        count += 1
        if schema is None:
            continue
        try:
            jsonschema.Draft202012Validator.check_schema(schema)
        except jsonschema.SchemaError as error:
            found.append(f"{path.relative_to(root).as_posix()}: {error.json_path}: {error.message}")
    if (root / MANIFEST_SCHEMA).exists() and not found:
        validator = jsonschema.Draft202012Validator(json.loads((root / MANIFEST_SCHEMA).read_text()))
        for name in files(root):
            if name.name != "plugin.json" or "bad" in name.as_posix():
                continue
            count += 1
            manifest = parsed(root / name, found, root)
            for error in validator.iter_errors(manifest) if manifest is not None else []:
                found.append(f"{name.as_posix()}: {error.json_path}: {error.message[:200]}")
    if (root / BUNDLE_SCHEMA).exists() and not found:
        validator = jsonschema.Draft202012Validator(json.loads((root / BUNDLE_SCHEMA).read_text()))
        for path in sorted((root / "plugins/bundles").glob("*.json")):
            count += 1
            bundle = parsed(path, found, root)
            name = path.relative_to(root).as_posix()
            for error in validator.iter_errors(bundle) if bundle is not None else []:
                found.append(f"{name}: {error.json_path}: {error.message[:200]}")
            if bundle is not None and bundle.get("name") != path.stem:
                found.append(f"{name}: its name is {bundle.get('name')}")
    found += command_findings(root) if not found else []
    finish(found, f"{count} schemas, manifests and bundles ok")


if __name__ == "__main__":
    main()
