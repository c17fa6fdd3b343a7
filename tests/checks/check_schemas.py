#!/usr/bin/env python3
"""Fails when a published JSON Schema is not one (draft 2020-12), or a manifest or bundle of ours does not fit its schema.

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
    finish(found, f"{count} schemas, manifests and bundles ok")


if __name__ == "__main__":
    main()
