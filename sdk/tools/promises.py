#!/usr/bin/env python3
"""Compares today's contract with what each kept release promised, and keeps a new release.

    promises.py                check: exit status 1 if a plugin of a kept release would break, with what breaks whom
    promises.py --keep 0.2     keep what release 0.2 promises (once, when it goes out)

A kept release lies in tests/abi/releases/RELEASE: promise.json, the descriptions of its stable interfaces, and
binary.abi, their binary form as libabigail sees it; experimental.json, those of the others; plugin.schema.json, what a
manifest could say. The binary form finds what the descriptions cannot: what the compiler makes of the headers. It is
compared without suppressions; needs abidw and abidiff (package abigail-tools) and a C compiler (environment: CC), and is
left out with a note where they are missing, or is an error with MORTISE_REQUIRE_TOOLS=1.

A change of what is experimental is written down in tests/abi/reviewed.toml with its reason, and so is one of the manifest
that no program can judge; whatever is not there fails. For stable interfaces there are no exceptions. The digests of the
golden plugins are compared too.
"""

import argparse
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import tomllib

from generator import c_header, manifest_promise, model, release
from generator.types import Problem

MANIFEST = pathlib.Path("sdk/schemas/plugin.schema.json")
ABIDW = ["abidw", "--no-show-locs", "--no-corpus-path", "--no-comp-dir-path"]


def build_probe(root: pathlib.Path, interfaces: list[model.Interface], promise: dict, folder: pathlib.Path) -> pathlib.Path:
    """A library that has every promised type in its debugging information, as that release sees them."""
    target = model.release(promise["release"], "promise.json")
    headers = folder / "include/mortise/abi"
    headers.mkdir(parents=True)
    for name in ("macros.h", "version.h"):
        shutil.copy(root / "sdk/include/mortise/abi" / name, headers)
    for interface in interfaces:
        (headers / f"{interface.file}.h").write_text(c_header.header(interface))
    (headers / "mortise.h").write_text(c_header.umbrella(interfaces))
    (folder / "probe.c").write_text(release.probe(promise))
    library = folder / "probe.so"
    command = [os.environ.get("CC", "cc"), "-std=c11", "-g", "-O0", "-fPIC", "-shared", f"-DMORTISE_ABI_TARGET={target}",
               "-Iinclude", "-o", library.name, "probe.c"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Problem(f"the headers do not compile at release {target}:\n{done.stderr}")
    return library


def binary_differences(root: pathlib.Path, interfaces: list[model.Interface], promise: dict, kept: pathlib.Path) -> str:
    """What libabigail finds; empty if nothing."""
    with tempfile.TemporaryDirectory(prefix="mortise-abi-") as name:
        try:
            library = build_probe(root, interfaces, promise, pathlib.Path(name))
        except Problem as problem:
            return str(problem)
        done = subprocess.run(["abidiff", "--harmless", str(kept), str(library)], capture_output=True, text=True, check=False)
        return done.stdout + done.stderr if done.returncode else ""


def keep(root: pathlib.Path, interfaces: list[model.Interface], spelled: str) -> None:
    target = model.release(spelled, "--keep")
    folder = root / "tests/abi/releases" / spelled
    folder.mkdir(parents=True, exist_ok=True)
    promise = release.promised(interfaces, target, release.stable(interfaces))
    (folder / "promise.json").write_text(release.text(promise))
    (folder / "experimental.json").write_text(release.text(release.promised(interfaces, target, release.experimental(interfaces))))
    shutil.copy(root / MANIFEST, folder)
    with tempfile.TemporaryDirectory(prefix="mortise-abi-") as name:
        library = build_probe(root, interfaces, promise, pathlib.Path(name))
        subprocess.run([*ABIDW, "--out-file", str(folder / "binary.abi"), library.name], cwd=name, check=True)
    print(f"kept {folder.relative_to(root)}")


def reviewed(path: pathlib.Path) -> list[str]:
    """The findings that somebody has answered for."""
    changes = tomllib.loads(path.read_text()).get("change", [])
    for change in changes:
        if not change.get("finding") or len(change.get("reason", "")) < 20:
            raise Problem(f"{path.name}: each [[change]] has a `finding`, the first words of what this program says, and a `reason` "
                          f"of a sentence; {change} has not")
    return [change["finding"] for change in changes]


def judged(findings: list[str], listed: list[str]) -> list[str]:
    """The findings that nobody has answered for."""
    broken = [each for each in findings if not any(each.startswith(start) for start in listed)]
    if broken:
        broken.append("If that is meant, say so in tests/abi/reviewed.toml, with its reason, and in CHANGELOG.md for those who use it.")
    return broken


def changed_files(folder: pathlib.Path) -> list[str]:
    """Golden plugins that are not the files that went out."""
    broken = []
    for sums in sorted(folder.glob("**/SHA256SUMS")):
        for line in sums.read_text().splitlines():
            digest, name = line.split()
            path = sums.parent / name
            if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != digest:
                broken.append(f"{path} is not the file of that release: its SHA-256 is not that of {sums.name}. A golden plugin is never built again.")
    return broken


def check(options: argparse.Namespace, interfaces: list[model.Interface]) -> list[str]:
    releases = sorted((options.root / "tests/abi/releases").glob("*/promise.json"))
    if not releases:
        return ["no release is kept in tests/abi/releases"]
    has_tools = shutil.which("abidiff") is not None
    broken, findings = changed_files(options.root / "tests/abi/golden"), []
    if not has_tools:
        missing = "abidiff is not installed (package abigail-tools): the binary form was not compared"
        if os.environ.get("MORTISE_REQUIRE_TOOLS"):
            broken.append(missing)
        print(missing)
    manifest = json.loads(options.manifest.read_text())
    for path in releases:
        promise = json.loads(path.read_text())
        broken += release.broken_promises(promise, interfaces, release.stable(interfaces))
        if has_tools and (found := binary_differences(options.root, interfaces, promise, path.parent / "binary.abi")):
            broken.append(f"the binary form of release {promise['release']} changed:\n{found}")
        usual = json.loads((path.parent / "experimental.json").read_text())
        findings += release.broken_promises(usual, interfaces, interfaces)
        kept_manifest = json.loads((path.parent / MANIFEST.name).read_text())
        findings += manifest_promise.narrowed(promise["release"], kept_manifest, manifest)
    findings = [each for each in findings if each not in broken]
    listed = reviewed(options.reviewed)
    stale = [f"tests/abi/reviewed.toml: nothing changed that begins with `{start}`: take it out" for start in listed
             if not any(each.startswith(start) for each in findings)]
    return broken + judged(findings, listed) + stale


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parents[2], help="root of the tree")
    parser.add_argument("--interfaces", type=pathlib.Path, help="the descriptions (default: ROOT/sdk/interfaces)")
    parser.add_argument("--manifest", type=pathlib.Path, help="the schema of the manifest (default: ROOT/sdk/schemas/plugin.schema.json)")
    parser.add_argument("--reviewed", type=pathlib.Path, help="changes that were meant (default: ROOT/tests/abi/reviewed.toml)")
    parser.add_argument("--keep", metavar="RELEASE", help="keep what this release promises")
    options = parser.parse_args()
    try:
        interfaces = model.load(options.interfaces or options.root / "sdk/interfaces")
        if options.keep:
            keep(options.root, interfaces, options.keep)
            return 0
        options.manifest = options.manifest or options.root / MANIFEST
        options.reviewed = options.reviewed or options.root / "tests/abi/reviewed.toml"
        broken = check(options, interfaces)
    except Problem as problem:
        broken = [str(problem)]
    if broken:
        print(*broken, sep="\n", file=sys.stderr)
    return bool(broken)


if __name__ == "__main__":
    sys.exit(main())
