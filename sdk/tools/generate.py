#!/usr/bin/env python3
"""Writes everything that is made from sdk/interfaces: C headers, host checks, stubs of the runner, layout test, reference pages;
the references of plugin.json and of bundles from their schemas, and the list of events from the manifests of our plugins and what the host
says of its own.

    generate.py            writes what changed
    generate.py --check    writes nothing; fails if a file is missing, stale or left over
"""

import argparse
import json
import pathlib
import sys

from generator import c_header, contract_words, events_page, host_checks, layout_test, manifest_page, model, reference, runner_stubs
from generator.types import Problem


def outputs(interfaces: list[model.Interface]) -> dict[str, str]:
    """Every generated file, by its place under the root."""
    files = {"sdk/include/mortise/abi/mortise.h": c_header.umbrella(interfaces),
             "tests/abi/layout_generated.c": layout_test.layout(interfaces),
             "tests/abi/functions_generated.hpp": layout_test.functions(interfaces)}
    for interface in interfaces:
        files[f"sdk/include/mortise/abi/{interface.file}.h"] = c_header.header(interface)
        files[f"docs/reference/interfaces/{interface.file}.md"] = reference.page(interface)
    files["docs/reference/interfaces/README.md"] = reference.index(interfaces)
    for name, schema, introduction, title in PAGES:
        read = json.loads((ROOT / "sdk/schemas" / schema).read_text(encoding="utf-8"))
        files[f"docs/reference/{name}.md"] = manifest_page.page(read, introduction, title)
    files["docs/reference/events.md"] = events_page.page(ROOT)
    files |= {f"host/plugins/runner/generated/{name}": body for name, body in runner_stubs.files(interfaces).items()}
    files |= {f"sdk/testkit/src/generated/{name}": body for name, body in contract_words.files(interfaces).items()}
    return files | {f"host/plugins/generated/{name}": body for name, body in host_checks.files(interfaces).items()}


ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGES = [("manifest", "plugin.schema.json", manifest_page.MANIFEST, "plugin.json"), ("bundle", "bundle.schema.json", manifest_page.BUNDLE, "NAME.json")]
OWNED = ["docs/reference/interfaces/*.md", "host/plugins/generated/*", "host/plugins/runner/generated/*", "sdk/testkit/src/generated/*"]  # nothing else may lie there


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parents[2], help="root of the tree to write")
    parser.add_argument("--interfaces", type=pathlib.Path, help="the descriptions (default: ROOT/sdk/interfaces)")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    try:
        files = outputs(model.load(options.interfaces or options.root / "sdk/interfaces"))
    except Problem as problem:
        print(f"generate: {problem}", file=sys.stderr)
        return 1

    bad = []
    for name, body in files.items():
        path = options.root / name
        if path.is_file() and path.read_text() == body:
            continue
        if options.check:
            bad.append(f"{name} {'is stale' if path.exists() else 'is missing'}")
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(body)
            print(name)
    for pattern in OWNED:
        bad += [f"{path.relative_to(options.root)} is left over" for path in options.root.glob(pattern)
                if path.is_file() and path.name != ".clang-format" and str(path.relative_to(options.root)) not in files]
    if bad:
        print(*bad, "run sdk/tools/generate.py", sep="\n", file=sys.stderr)
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
